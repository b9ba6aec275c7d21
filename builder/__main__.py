"""Run the command line with `python -m builder`."""

from builder.cli import main

if __name__ == "__main__":
    main()
