"""Layouts of other scripts, on ANSI keyboards.

Russian ЙЦУКЕН and Ukrainian as in Windows (ґ beside Enter), Hebrew SI-1452 (its points lie on AltGr and are left
out), Arabic 101 (the three keys that type lam-alef, two letters, are left out), Thai Kedmanee (TIS 820), Korean
2-beolsik (KS X 5002). On phones Thai has a fourth row, as its digits' row carries letters.
"""

from collections.abc import Mapping

from perturbations.text._layouts._geometry import ANSI, Layout

SCRIPTS: Mapping[str, Layout] = {
    "russian": Layout(
        ("ё1234567890-=", "йцукенгшщзхъ\\", "фывапролджэ", "ячсмитьбю."),
        ('Ё!"№;%:?*()_+', "ЙЦУКЕНГШЩЗХЪ/", "ФЫВАПРОЛДЖЭ", "ЯЧСМИТЬБЮ,"),
        ANSI,
        ("йцукенгшщзх", "фывапролджэ", "ячсмитьбю"),
    ),
    "ukrainian": Layout(
        ("'1234567890-=", "йцукенгшщзхїґ", "фівапролджє", "ячсмитьбю."),
        ('₴!"№;%:?*()_+', "ЙЦУКЕНГШЩЗХЇҐ", "ФІВАПРОЛДЖЄ", "ЯЧСМИТЬБЮ,"),
        ANSI,
        ("йцукенгшщзхї", "фівапролджє", "ячсмитьбю"),
    ),
    "hebrew": Layout(
        (";1234567890-=", "/'קראטוןםפ][\\", "שדגכעיחלךף,", "זסבהנמצתץ."),
        ("~!@#$%^&*)(_+", "QWERTYUIOP}{|", 'ASDFGHJKL:"', "ZXCVBNM><?"),
        ANSI,
        ("קראטוןםפ", "שדגכעיחלךף", "זסבהנמצתץ"),
    ),
    "arabic": Layout(
        ("ذ1234567890-=", "ضصثقفغعهخحجد\\", "شسيبلاتنمكط", "ئءؤر ىةوزظ"),
        (
            "\u0651!@#$%^&*)(_+",
            "\u064e\u064b\u064f\u064c \u0625\u2018\u00f7\u00d7\u061b<>|",
            '\u0650\u064d][ \u0623\u0640\u060c/:"',
            "~\u0652}{ \u0622\u2019,.\u061f",
        ),
        ANSI,
        ("ضصثقفغعهخحج", "شسيبلاتنمكط", "ذءؤرىةوزظد"),
    ),
    "thai": Layout(
        (
            "_\u0e45/-\u0e20\u0e16\u0e38\u0e36\u0e04\u0e15\u0e08\u0e02\u0e0a",
            "\u0e46\u0e44\u0e33\u0e1e\u0e30\u0e31\u0e35\u0e23\u0e19\u0e22\u0e1a\u0e25\u0e03",
            "\u0e1f\u0e2b\u0e01\u0e14\u0e40\u0e49\u0e48\u0e32\u0e2a\u0e27\u0e07",
            "\u0e1c\u0e1b\u0e41\u0e2d\u0e34\u0e37\u0e17\u0e21\u0e43\u0e1d",
        ),
        (
            "%+\u0e51\u0e52\u0e53\u0e54\u0e39\u0e3f\u0e55\u0e56\u0e57\u0e58\u0e59",
            '\u0e50"\u0e0e\u0e11\u0e18\u0e4d\u0e4a\u0e13\u0e2f\u0e0d\u0e10,\u0e05',
            "\u0e24\u0e06\u0e0f\u0e42\u0e0c\u0e47\u0e4b\u0e29\u0e28\u0e0b.",
            "()\u0e09\u0e2e\u0e3a\u0e4c?\u0e12\u0e2c\u0e26",
        ),
        ANSI,
        (
            "\u0e45/_\u0e20\u0e16\u0e38\u0e36\u0e04\u0e15\u0e08\u0e02\u0e0a",
            "\u0e46\u0e44\u0e33\u0e1e\u0e30\u0e31\u0e35\u0e23\u0e19\u0e22\u0e1a\u0e25",
            "\u0e1f\u0e2b\u0e01\u0e14\u0e40\u0e49\u0e48\u0e32\u0e2a\u0e27\u0e07",
            "\u0e1c\u0e1b\u0e41\u0e2d\u0e34\u0e37\u0e17\u0e21\u0e43\u0e1d",
        ),
    ),
    "korean": Layout(
        ("`1234567890-=", "ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔ[]\\", "ㅁㄴㅇㄹㅎㅗㅓㅏㅣ;'", "ㅋㅌㅊㅍㅠㅜㅡ,./"),
        ("~!@#$%^&*()_+", "ㅃㅉㄸㄲㅆ   ㅒㅖ{}|", '         :"', "       <>?"),
        ANSI,
        ("ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔ", "ㅁㄴㅇㄹㅎㅗㅓㅏㅣ", "ㅋㅌㅊㅍㅠㅜㅡ"),
    ),
}
"""Layouts by name."""
