"""What an address alone tells of its page: an article, or a section, a list, a file."""

import re
from urllib.parse import parse_qsl, unquote, urlsplit

_DATE = re.compile(r"(?<!\d)(?:19|20)\d\d[-/_.]?(?:0[1-9]|1[0-2])(?:[-/_.]?(?:0[1-9]|[12]\d|3[01]))?(?!\d)")
_LONG_NUMBER = re.compile(r"(?<!\d)\d{5,}(?!\d)")
_HEX = re.compile(r"(?<![0-9a-z])(?=[a-f]*\d)(?:[0-9a-f]{12,}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?![0-9a-z])")
_CODE = re.compile(r"(?=\D*\d)(?=\d*[a-z])[a-z0-9]{8,14}")  # "c5y8zq2l4vko": short ids of letters and digits
_SHORT_ID = re.compile(r"\d{3,}|.*[-_]\w?\d{3,}")
_WORD_BREAK = re.compile(r"[-_+\s.,]+")
_ENDING = re.compile(r"\.(?:s?html?|php|aspx?|jsp|cms|ece|story|article)$", re.IGNORECASE)
_FILE = re.compile(
    r"\.(?:jpe?g|png|gif|webp|svg|ico|css|js|json|xml|rss|atom|pdf|docx?|xlsx?|zip|rar|gz|apk|exe|mp[34]|m3u8|avi|mov|"
    r"webm|wav|ogg|txt|csv|ics|epub)$",
    re.IGNORECASE,
)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Folders that hold lists, people, tools: never an article. Words of many languages, as sites spell them in addresses.
_LISTS = _words(
    "tag tags topic topics category categories kategorie kategorien categoria categorias categorie author authors "
    "autor autores auteur auteurs autori contributor contributors profile profiles user users people search suche "
    "buscar recherche cerca login signin signup register account subscribe subscription abo abonnement abonnements "
    "newsletter newsletters rss feed feeds sitemap privacy cookies terms contact "
    "contacts kontakt contacto about about-us impressum help faq careers jobs advertise advertising ads shop store "
    "cart epaper e-paper podcast podcasts apps app games weather wetter meteo horoscope horoscopo tv-guide live-tv "
    "wp-admin wp-login.php wp-content cdn-cgi tagi temas tema etiqueta etiquetas hashtag section sections sekce "
    "themen thema temi dossiers autoren redaktion tim-kiem chu-de tac-gia chuyen-muc "
    "rubric rubrics rubrik rubrique tegi teg temy avtor avtory poisk"
)
# Folders that hold articles, whatever is in their name.
_ARTICLES = _words(
    "article articles artikel articulo articulos artigo artigos articolo story stories storia post posts posting entry "
    "noticia nota notas notizia detail details read clanek haber makale berita bai-viet tin-tuc doc docs novost statya"
)
_HOUSEKEEPING = _words(
    "privacy cookie cookies terms conditions contact kontakt impressum imprint datenschutz agb subscribe newsletter "
    "login register advertise advertising copyright disclaimer confidentialite mentions legales cgu cgv privacidad "
    "publicidad aviso legal politique policy accessibility sitemap careers feedback unsubscribe rss faq"
)
_PAGING = re.compile(r"/(?:page|seite|pagina|trang|p)[/-]?\d{1,4}/?$|^\d{1,3}$", re.IGNORECASE)
_ID_PARAMETERS = re.compile(
    r"(?:.*_)?(?:id|p|nid|aid|newsid|articleid|storyid|idx|no|art|news|story|article|artid|sid)"
)
_PAGE_PARAMETERS = _words("page paged start offset q s query search sort lang replytocom print")


def address_score(url: str) -> int:
    """Return how much an address looks like an article's: about -10 (a file) over 0 (no idea) to 8."""
    parts = urlsplit(url)
    path = unquote(parts.path).strip("/")
    segments = [segment for segment in path.lower().split("/") if segment]
    if _FILE.search(path):
        return -10
    parameters = {name.lower(): value for name, value in parse_qsl(parts.query[:2000])}
    in_query = _query_score(parameters)
    if not segments:
        return in_query if in_query > 0 else -5
    score = in_query
    if _PAGING.search(parts.path) or _LISTS & set(segments[:-1]) or segments[-1] in _LISTS:
        score -= 5
    last = _ENDING.sub("", segments[-1])
    words = [word for word in _WORD_BREAK.split(last) if word and not word.isdigit()]
    score += _id_score(path.lower(), last) + _slug_score(words)
    score += (last != segments[-1] and len(words) > 1) + (len(segments) > 1)
    score += 2 * bool(_ARTICLES & set(segments[:-1]))
    if _HOUSEKEEPING & set(words) and len(words) <= 5:
        score -= 4
    if in_query <= 0 and len(segments) == 1 and len(words) <= 1 and not any(character.isdigit() for character in last):
        score -= 3
    return score


def kind_of_name(segment: str) -> str:
    """Return what sort of name one part of a path is: "slug", "id", "word", with its ending ("slug.html")."""
    stem = _ENDING.sub("", segment)
    words = [word for word in _WORD_BREAK.split(stem) if word and not word.isdigit()]
    kind = "slug" if _slug_score(words) else "id" if any(character.isdigit() for character in stem) else "word"
    return kind + segment[len(stem) :]


def _query_score(parameters: dict[str, str]) -> int:
    if _PAGE_PARAMETERS & set(parameters):
        return -4
    ids = (name for name, value in parameters.items() if _ID_PARAMETERS.fullmatch(name) and re.search(r"\d{3}", value))
    return 3 if any(True for _ in ids) else 0


def _id_score(path: str, last: str) -> int:
    score = 3 if _DATE.search(path) else 0
    if _LONG_NUMBER.search(last) or _HEX.search(path):
        score += 3
    elif _SHORT_ID.fullmatch(last) or _CODE.fullmatch(last) or _LONG_NUMBER.search(path):
        score += 2
    return min(score, 5)


def _slug_score(words: list[str]) -> int:
    # Languages without spaces put a whole headline into one "word".
    count = max(len(words), sum(len(word) for word in words if not word.isascii()) // 5)
    return 4 if count >= 6 else 3 if count >= 4 else 2 if count == 3 else 0
