"""Tables: how letters of other scripts sound in Latin ones. Only what a consonant skeleton needs: vowels are rough.

Sources are the common ways newspapers spell foreign names, not a scholarly romanisation.
"""


def _spelt(letters: str, sounds: str) -> dict[str, str]:
    """Pair letters with their sounds, which blanks part; "_" is a letter that is not heard."""
    return dict(zip(letters, sounds.split(), strict=True))


_CYRILLIC = _spelt(
    "абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґўђјљњћџѓќѕ",
    "a b v g d e e zh z i i k l m n o p r s t u f kh ts ch sh sh _ y _ e u a i i e g u dj i l n ch dz g k z",
)
_GREEK = _spelt("αβγδεζηθικλμνξοπρσςτυφχψω", "a v g d e z i th i k l m n x o p r s s t i f kh ps o")
# Arabic and Persian. و and ي are vowels far more often than consonants in foreign names, ع and ه are not heard.
_ARABIC = _spelt(
    "ابپتثجچحخدذرزژسشصضطظعغفڤقكکگلمنهويیىةآأإؤئءٱڭۆې",
    "a b p t th j ch _ kh d d r z zh s sh s d t z _ g f v k k k g l m n _ u i i a _ a a i u i _ a g o e",
)
_HEBREW = _spelt("אבגדהוזחטיךכלםמןנסעףפץצקרשת", "a b g d _ u z kh t i k k l m m n n s _ f p ts ts k r sh t")
_DEVANAGARI = _spelt(
    "कखगघङचछजझञटठडढणतथदधनपफबभमयरलवशषसहऩळ", "k kh g g n ch ch j j n t t d d n t t d d n p f b b m i r l v sh sh s _ n l"
) | _spelt("अआइईउऊएऐओऔािीुूेैोौॉॅऑं", "a a i i u u e e o o a i i u u e e o o o e o n")
_GEORGIAN = _spelt(
    "აბგდევზთიკლმნოპჟრსტუფქღყშჩცძწჭხჯჰ", "a b g d e v z t i k l m n o p zh r s t u p k g k sh ch ts dz ts ch kh j _"
)
_ARMENIAN = _spelt(
    "աբգդեզէըթժիլխծկհձղճմյնշոչպջռսվտրցւփքօֆ",
    "a b g d e z e e t zh i l kh ts k _ dz g ch m i n sh o ch p j r s v t r ts v p k o f",
)


def _table(*parts: dict[str, str]) -> dict[int, str]:
    return {ord(sign): sound.replace("_", "") for part in parts for sign, sound in part.items()}


# By language where it spells a letter its own way; "" for all.
LETTERS: dict[str, dict[int, str]] = {
    "": _table(_CYRILLIC, _GREEK, _ARABIC, _HEBREW, _DEVANAGARI, _GEORGIAN, _ARMENIAN),
    "uk": _table({"г": "g", "и": "y"}),
    "bg": _table({"щ": "sht", "ъ": "a"}),
}

# What NFKD leaves whole.
JOINED_LETTERS = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ı": "i", "ħ": "h", "ə": "a"}
)

# Conjoining jamo, as NFD leaves Hangul: initials, vowels (one stands for all), finals.
JAMO: dict[int, str] = {
    **{0x1100 + i: s for i, s in enumerate("g kk n d tt r m b pp s ss _ j jj ch k t p _".replace("_", "").split(" "))},
    **{0x1161 + i: "a" for i in range(21)},
    **{
        0x11A8 + i: s
        for i, s in enumerate("k k k n n n t l k m l l l p l m p p s s _ t t k t p _".replace("_", "n").split(" "))
    },
}

_KANA_ROWS = {
    "": "アイウエオァィゥェォ",
    "k": "カキクケコ",
    "g": "ガギグゲゴ",
    "s": "サスセソシ",
    "z": "ザジズゼゾ",
    "t": "タテト",
    "ch": "チ",
    "ts": "ツ",
    "d": "ダヂヅデド",
    "n": "ナニヌネノン",
    "h": "ハヒヘホ",
    "f": "フ",
    "b": "バビブベボ",
    "p": "パピプペポ",
    "m": "マミムメモ",
    "y": "ヤユヨャュョ",
    "r": "ラリルレロ",
    "w": "ワヲ",
    "v": "ヴ",
}
KANA: dict[str, str] = {sign: f"{row}a" if sign != "ン" else "n" for row, signs in _KANA_ROWS.items() for sign in signs}

# The signs that spell foreign names in Chinese, by the consonants they stand for.
_CHINESE_ROWS = {
    "a": "阿埃艾爱安奥澳伊因英欧乌厄恩亚雅叶耶尤约扬延",
    "b": "巴拜班邦包保鲍贝本比彼宾波博伯布柏白勃",
    "p": "帕派潘庞佩彭皮匹平坡珀蓬普浦",
    "t": "塔泰坦唐陶特滕蒂提廷托通图土汤",
    "d": "达代戴丹当道德登迪丁多杜顿董邓",
    "g": "加盖甘冈高戈格根古圭",
    "k": "卡凯坎康考科克肯库奎昆夸",
    "f": "法凡范方费菲芬冯夫弗福富",
    "v": "瓦万维韦沃文温威",
    "s": "萨赛桑绍塞森瑟斯松苏索孙西希锡辛欣谢舍沙夏尚申什施舒肖逊撒",
    "z": "扎宰赞泽曾兹祖佐宗",
    "ts": "齐奇契恰查柴钱切琴强乔丘丘楚茨采蔡",
    "j": "贾詹杰吉金季焦久朱茹热让若日",
    "m": "马玛麦迈曼芒毛梅门蒙米密明莫穆姆缪摩",
    "n": "纳奈南瑙内嫩尼宁努诺农涅娜妮",
    "l": "拉莱兰朗劳勒雷莉利里林龙卢鲁路伦罗洛列刘廖莱",
    "r": "尔",
    "kh": "哈海汉豪赫黑亨洪胡霍华怀惠",
}
CHINESE: dict[str, str] = {
    sign: consonants if consonants in "ar" else f"{consonants}a"
    for consonants, signs in _CHINESE_ROWS.items()
    for sign in signs
}
