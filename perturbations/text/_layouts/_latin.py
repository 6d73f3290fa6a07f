"""Layouts of the Latin script.

US QWERTY and Dvorak and Polish (programmer's: US QWERTY, with the Polish letters on AltGr) lie on ANSI keyboards,
the others on ISO ones. A sign that a dead key types counts as that key; letters that take two strokes have no key.
"""

from collections.abc import Mapping

from perturbations.text._layouts._geometry import ANSI, ISO, Layout

_PHONE = ("qwertyuiop", "asdfghjkl", "zxcvbnm")

LATIN: Mapping[str, Layout] = {
    "qwerty": Layout(
        ("`1234567890-=", "qwertyuiop[]\\", "asdfghjkl;'", "zxcvbnm,./"),
        ("~!@#$%^&*()_+", "QWERTYUIOP{}|", 'ASDFGHJKL:"', "ZXCVBNM<>?"),
        ANSI,
        _PHONE,
    ),
    "azerty": Layout(
        ("²&é\"'(-è_çà)=", "azertyuiop^$", "qsdfghjklmù*", "<wxcvbn,;:!"),
        (" 1234567890°+", "AZERTYUIOP¨£", "QSDFGHJKLM%µ", ">WXCVBN?./§"),
        ISO,
        ("azertyuiop", "qsdfghjklm", "wxcvbn'"),
    ),
    "qwertz": Layout(
        ("^1234567890ß´", "qwertzuiopü+", "asdfghjklöä#", "<yxcvbnm,.-"),
        ('°!"§$%&/()=?`', "QWERTZUIOPÜ*", "ASDFGHJKLÖÄ'", ">YXCVBNM;:_"),
        ISO,
        ("qwertzuiopü", "asdfghjklöä", "yxcvbnm"),
    ),
    "dvorak": Layout(
        ("`1234567890[]", "',.pyfgcrl/=\\", "aoeuidhtns-", ";qjkxbmwvz"),
        ("~!@#$%^&*(){}", '"<>PYFGCRL?+|', "AOEUIDHTNS_", ":QJKXBMWVZ"),
        ANSI,
        ("pyfgcrl", "aoeuidhtns", "qjkxbmwvz"),
    ),
    "spanish": Layout(
        ("º1234567890'¡", "qwertyuiop`+", "asdfghjklñ´ç", "<zxcvbnm,.-"),
        ('ª!"·$%&/()=?¿', "QWERTYUIOP^*", "ASDFGHJKLÑ¨Ç", ">ZXCVBNM;:_"),
        ISO,
        ("qwertyuiop", "asdfghjklñ", "zxcvbnm"),
    ),
    "italian": Layout(
        ("\\1234567890'ì", "qwertyuiopè+", "asdfghjklòàù", "<zxcvbnm,.-"),
        ('|!"£$%&/()=?^', "QWERTYUIOPé*", "ASDFGHJKLç°§", ">ZXCVBNM;:_"),
        ISO,
        _PHONE,
    ),
    "portuguese": Layout(
        ("\\1234567890'«", "qwertyuiop+´", "asdfghjklçº~", "<zxcvbnm,.-"),
        ('|!"#$%&/()=?»', "QWERTYUIOP*`", "ASDFGHJKLÇª^", ">ZXCVBNM;:_"),
        ISO,
        _PHONE,
    ),
    "polish": Layout(
        ("`1234567890-=", "qwertyuiop[]\\", "asdfghjkl;'", "zxcvbnm,./"),
        ("~!@#$%^&*()_+", "QWERTYUIOP{}|", 'ASDFGHJKL:"', "ZXCVBNM<>?"),
        ANSI,
        _PHONE,
        altgr=(
            ("", "  ę     ó", "ąś      ł", "żźć  ń"),
            ("", "  Ę     Ó", "ĄŚ      Ł", "ŻŹĆ  Ń"),
        ),
    ),
    "czech": Layout(
        (";+ěščřžýáíé=´", "qwertzuiopú)", "asdfghjklů§¨", "\\yxcvbnm,.-"),
        ("°1234567890%ˇ", "QWERTZUIOP/(", "ASDFGHJKL\"!'", "|YXCVBNM?:_"),
        ISO,
        ("qwertzuiop", "asdfghjkl", "yxcvbnm"),
    ),
    "turkish": Layout(
        ('"1234567890*-', "qwertyuıopğü", "asdfghjklşi,", "<zxcvbnmöç."),
        ("é!'^+%&/()=?_", "QWERTYUIOPĞÜ", "ASDFGHJKLŞİ;", ">ZXCVBNMÖÇ:"),
        ISO,
        ("qwertyuıopğü", "asdfghjklşi", "zxcvbnmöç"),
    ),
}
"""Layouts by name."""
