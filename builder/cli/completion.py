"""`hotfix completion`."""

import click
from click.shell_completion import get_completion_class

_VARIABLE = "_HOTFIX_COMPLETE"  # what click looks for when a shell asks


@click.command(name="completion")
@click.argument("shell", type=click.Choice(["bash", "fish", "zsh"]))
@click.pass_context
def command(ctx: click.Context, /, *, shell: str) -> None:
    r"""Print what makes SHELL complete commands and options.

    \b
    bash: eval "$(hotfix completion bash)"           in ~/.bashrc
    zsh:  eval "$(hotfix completion zsh)"            in ~/.zshrc
    fish: hotfix completion fish > ~/.config/fish/completions/hotfix.fish
    """
    found = get_completion_class(shell)
    assert found is not None  # noqa: S101 - click knows all three
    script = found(ctx.find_root().command, {}, "hotfix", _VARIABLE).source_template
    values = {
        "complete_func": "_hotfix_completion",
        "complete_var": _VARIABLE,
        "prog_name": "hotfix",
    }
    click.echo(script % values)
