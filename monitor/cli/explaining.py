"""How `explain` shows what the rules made of a page."""

from dataclasses import asdict

from rich.text import Text

from monitor.cli import show
from monitor.lines import Explained, article_answer
from monitor.match import Explanation
from monitor.records import Article
from monitor.text import paragraphs, shorten

# What `--paste` takes of a text: an example in a watchlist is read by people.
EXAMPLE = 600


def as_json(explained: Explained) -> None:
    """Print everything, for programs."""
    verdicts = [asdict(verdict) for verdict in explained.verdicts]
    show.as_json(article_answer(explained.article) | {"error": explained.error or None, "watchlists": verdicts})


def as_text(explained: Explained) -> None:
    """Print the article's head and each watchlist's rules."""
    out = show.console()
    article = explained.article
    out.print(Text(article.title, style="bold"))
    found = (article.url, article.language, article.published and article.published.isoformat(), *article.authors)
    out.print(" · ".join(str(part) for part in found if part), markup=False)
    for credit in article.credited:
        out.print(f"credited: {credit.name}{f' <{credit.url}>' if credit.url else ''}", markup=False)
    out.print(f"{len(article.text)} characters of text{''.join(f', {mark}' for mark in article.marks)}", markup=False)
    for verdict in explained.verdicts:
        out.print()
        _verdict(verdict)


def _verdict(verdict: Explanation) -> None:
    out = show.console()
    state = "flagged" if verdict.passed else "not flagged"
    style = "bold green" if verdict.passed else "bold"
    out.print(Text(f"{verdict.watchlist}: {state}, {verdict.score:.2f} of {verdict.threshold:.2f} needed", style=style))
    for rule in verdict.rules:
        mark = Text("  yes  " if rule.held else "  no   ", style="green" if rule.held else "red")
        found = f": {', '.join(rule.found)}" if rule.found else ""
        out.print(mark.append(f"{rule.key}  {rule.why}{found}", style="default"))
    if verdict.flag:
        for name, share in verdict.flag.parts:
            out.print(f"       {share:+.2f}  {name}", markup=False)
        for evidence in verdict.flag.evidence:
            out.print(_marked(evidence.text, evidence.terms))


def _marked(text: str, terms: tuple[str, ...]) -> Text:
    made = Text(f"  “{text}”")
    made.highlight_words(list(terms), "bold underline")
    return made


def example(article: Article) -> str:
    """Return an article's beginning, as a block to paste under must_not_match."""
    lines = (article.title, *paragraphs(article.text))
    body = shorten(" ".join(line for line in lines if line), EXAMPLE)
    return f"    must_not_match: |\n      {body}"
