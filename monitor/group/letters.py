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

# The signs that spell foreign names in Chinese, by the consonants they stand for: open syllables, then those that end
# in a nasal (曼 is "man" as well as "mann").
_CHINESE_ROWS = {
    "": "阿埃艾爱奥澳伊厄欧乌亚雅叶耶尤约 安昂因英恩延扬云永",
    "b": "巴拜鲍贝比彼博伯布包保柏白勃别 班邦本宾边",
    "p": "帕派佩皮坡珀普浦波 潘庞彭平蓬",
    "t": "塔泰陶特蒂提托图土惕铁 坦唐滕廷通汤田",
    "d": "达代戴道德迪多杜 丹当登丁顿董邓东",
    "g": "加盖高戈格古圭瓜果 甘冈根贡",
    "k": "卡凯考科克库奎夸 坎康肯昆孔",
    "f": "法费夫弗福富菲 凡范方芬冯丰",
    "v": "瓦维韦沃威伏 万文温旺",
    "s": "萨赛瑟斯索苏塞肖绍舍沙夏谢什施舒希西锡撒 松桑森孙申辛欣尚香逊珊山圣生",
    "z": "扎宰泽兹祖佐 赞曾宗尊",
    "ts": "齐奇契恰查柴切乔丘楚茨采蔡措 钱琴强琼春钦",
    "j": "贾杰吉季焦久朱茹热若日 詹金让真珍容",
    "m": "马玛麦迈毛梅米密莫穆姆缪摩 曼芒门蒙明孟",
    "n": "纳奈内尼诺努涅娜妮瑙 南嫩宁农年",
    "l": "拉莱劳勒雷莉利里卢鲁路罗洛列刘廖 兰朗林龙伦连隆良",
    "kh": "哈海赫胡霍怀惠豪黑华 汉亨洪",
}
CHINESE: dict[str, str] = {"尔": "r"} | {
    sign: f"{consonants}a{nasal}"
    for consonants, signs in _CHINESE_ROWS.items()
    for nasal, group in zip(("", "n"), signs.split(" "), strict=True)
    for sign in group
}
