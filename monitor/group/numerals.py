"""Tables: number words and multipliers by language, as they stand in news."""

POINT_IS_DECIMAL = frozenset({"en", "zh", "ja", "ko", "th", "he", "hi"})

DIGITS = {
    "〇": 0, "零": 0, "一": 1, "二": 2, "两": 2, "兩": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9,
}  # fmt: skip
# Korean spells its powers out, but no digits: those letters are in every other word.
POWERS = {
    "十": 10, "百": 100, "千": 1000, "万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8, "兆": 10**12,
    "십": 10, "백": 100, "천": 1000, "만": 10**4, "억": 10**8, "조": 10**12,
}  # fmt: skip

_THOUSAND, _MILLION, _BILLION, _TRILLION = 10**3, 10**6, 10**9, 10**12


def _powers(thousand: str = "", million: str = "", billion: str = "", trillion: str = "") -> dict[str, int]:
    named = ((thousand, _THOUSAND), (million, _MILLION), (billion, _BILLION), (trillion, _TRILLION))
    return {word: power for words, power in named for word in words.split()}


# By language: the words that multiply the number before them.
MULTIPLIERS: dict[str, dict[str, int]] = {
    "en": _powers("thousand k", "million millions mn m", "billion billions bn b", "trillion trillions tn"),
    "de": _powers("tausend", "million millionen mio", "milliarde milliarden mrd", "billion billionen"),
    "fr": _powers("mille", "million millions", "milliard milliards md mds", "billion billions"),
    "es": _powers("mil miles", "millón millones", "millardo millardos", "billón billones"),
    "pt": _powers("mil", "milhão milhões", "bilhão bilhões bilião biliões", "trilhão trilhões trilião triliões"),
    "it": _powers("mila", "milione milioni mln", "miliardo miliardi mld"),
    "ru": _powers(
        "тыс тысяча тысячи тысяч",
        "млн миллион миллиона миллионов",
        "млрд миллиард миллиарда миллиардов",
        "трлн триллиона",
    ),
    "uk": _powers(
        "тис тисяча тисячі тисяч", "млн мільйон мільйони мільйонів мільйона", "млрд мільярд мільярди мільярдів мільярда"
    ),
    "pl": _powers(
        "tys tysiąc tysiące tysięcy", "mln milion miliony milionów miliona", "mld miliard miliardy miliardów miliarda"
    ),
    "tr": _powers("bin", "milyon", "milyar", "trilyon"),
    "vi": _powers("nghìn ngàn", "triệu", "tỷ tỉ"),
    "id": _powers("ribu", "juta", "miliar milyar", "triliun"),
    "ar": _powers("ألف آلاف الف", "مليون ملايين مليوناً", "مليار مليارات بليون", "تريليون"),
    "fa": _powers("هزار", "میلیون ملیون", "میلیارد", "تریلیون"),
    "el": _powers("χιλιάδες χιλ", "εκατομμύρια εκατομμύριο εκατ", "δισεκατομμύρια δισεκατομμύριο δισ"),
    "he": _powers("אלף אלפי אלפים", "מיליון מיליוני", "מיליארד מיליארדי"),
    "hi": _powers("हज़ार हजार", "मिलियन", "अरब बिलियन") | {"लाख": 10**5, "करोड़": 10**7},
}

_VALUES = (2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 30, 40, 50, 60, 70, 80, 90, 100)


def _words(listed: str) -> dict[str, int]:
    """Read words for two to nineteen, the tens and a hundred; forms of one number are parted by a slash."""
    rows = listed.split()
    return {form: value for forms, value in zip(rows, _VALUES, strict=True) for form in forms.split("/")}


# By language: the numbers that newspapers spell out.
WORDS: dict[str, dict[str, int]] = {
    "en": _words(
        "two three four five six seven eight nine ten eleven twelve/dozen thirteen fourteen fifteen sixteen seventeen"
        " eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred"
    ),
    "de": _words(
        "zwei drei vier fünf sechs sieben acht neun zehn elf zwölf/dutzend dreizehn vierzehn fünfzehn sechzehn siebzehn"
        " achtzehn neunzehn zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig hundert"
    ),
    "fr": _words(
        "deux trois quatre cinq six sept huit neuf dix onze douze/douzaine treize quatorze quinze/quinzaine seize"
        " dix-sept dix-huit dix-neuf vingt/vingtaine trente/trentaine quarante cinquante/cinquantaine soixante"
        " soixante-dix quatre-vingts quatre-vingt-dix cent/centaine"
    ),
    "es": _words(
        "dos tres cuatro cinco seis siete ocho nueve diez once doce/docena trece catorce quince dieciséis diecisiete"
        " dieciocho diecinueve veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa cien/centenar"
    ),
    "pt": _words(
        "dois/duas três quatro cinco seis sete oito nove dez onze doze/dúzia treze catorze/quatorze quinze"
        " dezesseis/dezasseis dezessete/dezassete dezoito dezenove/dezanove vinte trinta quarenta cinquenta sessenta"
        " setenta oitenta noventa cem/centena"
    ),
    "it": _words(
        "due tre quattro cinque sei sette otto nove dieci undici dodici/dozzina tredici quattordici quindici sedici"
        " diciassette diciotto diciannove venti trenta quaranta cinquanta sessanta settanta ottanta novanta"
        " cento/centinaio"
    ),
    "ru": _words(
        "два/две/двух/двумя/двое три/трех/трёх/тремя/трое четыре/четырех/четырёх пять/пяти шесть/шести семь/семи"
        " восемь/восьми девять/девяти десять/десяти одиннадцать/одиннадцати двенадцать/двенадцати тринадцать/тринадцати"
        " четырнадцать/четырнадцати пятнадцать/пятнадцати шестнадцать/шестнадцати семнадцать/семнадцати"
        " восемнадцать/восемнадцати девятнадцать/девятнадцати двадцать/двадцати тридцать/тридцати сорок/сорока"
        " пятьдесят/пятидесяти шестьдесят/шестидесяти семьдесят/семидесяти восемьдесят/восьмидесяти девяносто сто/сотни"
    ),
    "uk": _words(
        "два/дві/двох/двома три/трьох чотири/чотирьох п'ять/п’ять/п'яти/п’яти шість/шести сім/семи вісім/восьми"
        " дев'ять/дев’ять/дев'яти/дев’яти десять/десяти одинадцять/одинадцяти дванадцять/дванадцяти"
        " тринадцять/тринадцяти чотирнадцять/чотирнадцяти п'ятнадцять/п’ятнадцять шістнадцять/шістнадцяти"
        " сімнадцять/сімнадцяти вісімнадцять дев'ятнадцять/дев’ятнадцять двадцять/двадцяти тридцять/тридцяти"
        " сорок/сорока п'ятдесят/п’ятдесят шістдесят сімдесят вісімдесят дев'яносто/дев’яносто сто/сотні"
    ),
    "pl": _words(
        "dwa/dwie/dwóch/dwoje trzy/trzech cztery/czterech pięć/pięciu sześć/sześciu siedem/siedmiu osiem/ośmiu"
        " dziewięć/dziewięciu dziesięć/dziesięciu jedenaście/jedenastu dwanaście/dwunastu trzynaście/trzynastu"
        " czternaście/czternastu piętnaście/piętnastu szesnaście/szesnastu siedemnaście/siedemnastu"
        " osiemnaście/osiemnastu dziewiętnaście/dziewiętnastu dwadzieścia/dwudziestu trzydzieści/trzydziestu"
        " czterdzieści/czterdziestu pięćdziesiąt/pięćdziesięciu sześćdziesiąt siedemdziesiąt osiemdziesiąt"
        " dziewięćdziesiąt sto/stu"
    ),
    "tr": _words(
        "iki üç dört beş altı yedi sekiz dokuz on on-bir on-iki on-üç on-dört on-beş on-altı on-yedi on-sekiz on-dokuz"
        " yirmi otuz kırk elli altmış yetmiş seksen doksan yüz"
    ),
    "id": _words(
        "dua tiga empat lima enam tujuh delapan sembilan sepuluh sebelas dua-belas/selusin tiga-belas empat-belas"
        " lima-belas enam-belas tujuh-belas delapan-belas sembilan-belas dua-puluh tiga-puluh empat-puluh lima-puluh"
        " enam-puluh tujuh-puluh delapan-puluh sembilan-puluh seratus"
    ),
    "vi": _words(
        "hai ba bốn năm sáu bảy tám chín mười mười-một mười-hai mười-ba mười-bốn mười-lăm mười-sáu mười-bảy mười-tám"
        " mười-chín hai-mươi ba-mươi bốn-mươi năm-mươi sáu-mươi bảy-mươi tám-mươi chín-mươi trăm"
    ),
}  # fmt: skip
