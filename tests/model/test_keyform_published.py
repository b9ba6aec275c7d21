"""Names of components as they are published, from Windows Vista to Windows 11.

They lie in other people's lists of files and logs; a key of 64 bits that fits
proves that names of that release are made as ours are.
"""

import pytest

from builder.model.keyform import solve

W = "31bf3856ad364e35"
N = "b03f5f7f11d50a3a"
NON_SXS = "proves no type, versionScope=nonSxS"
GLOBAL = "proves no type, no versionScope"
WIN32 = "proves type=win32, no versionScope"
INBOX = "proves type=driverUpdate, versionScope=nonSxS"
DUAL = "proves type=dualModeDriver, versionScope=nonSxS"

PUBLISHED = {
    f"x86_microsoft-windows-servicingstack_{W}_6.0.6002.18005_none_"
    "0b4ada54c46c45b0": NON_SXS,
    f"wow64_microsoft-windows-commandprompt_{W}_6.1.7601.17514_none_"
    "f387767e655cd5ab": NON_SXS,
    f"msil_system.web.routing_{W}_6.1.7601.17514_none_1a58be6d26032dfe": NON_SXS,
    f"msil_policy.1.0.system.management.automation_{W}_7.3.7601.16384_none_"
    "79a60ff187b4c325": GLOBAL,
    f"amd64_microsoft.powershell.dsc.proxy.resources_{W}_7.3.7601.16384_sr-..-rs_"
    "8a2f6ac5652a8762": "proves no type, culture=sr-latn-rs, versionScope=nonSxS",
    f"amd64_microsoft-windows-ie-internetexplorer_{W}_11.2.9600.19230_none_"
    "11d06f2b2efabe51": NON_SXS,
    f"amd64_microsoft-windows-cleanmgr_{W}_6.2.9200.16384_none_"
    "c60dddc5e750072a": NON_SXS,
    f"amd64_wvmic.inf_{W}_6.3.9600.18080_none_f29bea752067564e": INBOX,
    f"amd64_ipamprov-dns_{W}_6.3.9600.16384_none_824aabe06aee1705": NON_SXS,
    "msil_system.core_b77a5c561934e089_4.0.15713.205_none_2b6355a44039fda3": GLOBAL,
    f"wow64_regasm_{N}_4.0.15912.0_none_9dcb4fe8bf21aec2": GLOBAL,
    "amd64_022bd29263008e5688235b714058746f_b77a5c561934e089_4.0.15912.251_none_"
    "d13fd75b426163b5": NON_SXS,
    f"amd64_bthmtpenum.inf-languagepack_{W}_10.0.18362.1_de-de_"
    "710d1caf8aa9bb19": "proves no type, culture=de-de, versionScope=nonSxS",
    f"amd64_netfx-mscorsvw_exe_{N}_10.0.19041.1_none_99318cb064fcaf44": GLOBAL,
    f"amd64_wpcip.inf.resources_{W}_10.0.22000.1_fr-fr_"
    "54d5b3cdc7780631": "proves no type, culture=fr-fr, versionScope=nonSxS",
    f"wow64_microsoft-windows-tabletpc-inputpanel_{W}_10.0.22621.2792_none_"
    "fbb1e392278a4c87": NON_SXS,
    f"arm64_dual_tpm.inf_{W}_10.0.26100.3613_none_bb0d7c3a437889ba": DUAL,
    f"arm64.x86_microsoft-windows-win32k_{W}_10.0.26100.3613_none_"
    "fa357839ceef2191": NON_SXS,
    f"amd64_microsoft-windows-osk_{W}_10.0.26100.7824_none_465523d50a146704": NON_SXS,
    "amd64_microsoft.windows.common-controls_6595b64144ccf1df_6.0.26100.9278_none_"
    "3e0d1ba8e3303201": WIN32,
    f"msil_bgpcore_{W}_10.0.26100.32522_none_674766aced4cedd0": NON_SXS,
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_published_name_proves_what_it_does_not_print(name: str) -> None:
    assert str(solve(name)) == PUBLISHED[name]
