"""The frame of every page: its head, its one style sheet, and the parts that pages share.

A page is complete in itself: it runs no script and loads nothing. It fits a phone and a desk, in
light and in dark mode. Text that comes from elsewhere is escaped here, or by the writer of a part.
"""

from __future__ import annotations

from datetime import timedelta
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Literal, TypeAlias

    Shade: TypeAlias = Literal["good", "bad", "warning", "plain"]

_STYLE = """\
:root { color-scheme: light dark; --page: #fff; --box: #f3f5f7; --line: #d5dae0; --text: #1b1f24;
  --soft: #59636e; --good: #1a7f37; --bad: #cf222e; --warning: #b35900; --plain: #3a6ea5;
  --deprecate: #b58900; --track: #e8ecf0; font: 15px/1.5 system-ui, sans-serif; }
@media (prefers-color-scheme: dark) {
  :root { --page: #14181d; --box: #1e242b; --line: #3a434d; --text: #e6e9ec; --soft: #9aa5b1;
    --good: #3fb950; --bad: #f47067; --warning: #e09b3d; --plain: #6ca4dd; --deprecate: #d9b834;
    --track: #262d35; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem; max-width: 84rem; background: var(--page);
  color: var(--text); overflow-wrap: anywhere; }
h1 { font-size: 1.35rem; line-height: 1.3; margin: 0 0 .3rem; }
h2 { font-size: 1.05rem; margin: 1.8rem 0 .5rem; }
p { margin: .3rem 0; }
a { color: var(--plain); }
code, pre { font: .87em/1.5 ui-monospace, monospace; }
.soft, .legend, small { color: var(--soft); }
.summary { font-size: 1.1rem; font-weight: 600; }
.good { --shade: var(--good); }
.bad { --shade: var(--bad); }
.warning { --shade: var(--warning); }
.plain { --shade: var(--plain); }
.deprecate { --shade: var(--deprecate); }
.summary.good, .summary.bad, .summary.warning, .status { color: var(--shade, var(--text)); }
.box { border-left: 4px solid var(--shade, var(--line)); background: var(--box);
  padding: .6rem 1rem; margin: 1rem 0; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(16rem, 1fr));
  gap: .7rem 1.5rem; margin: 1rem 0; }
.facts dt { color: var(--soft); font-size: .87em; }
.facts dd { margin: 0; }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; }
.legend i, .mark { background: var(--shade); border-radius: 2px; }
.legend i { display: inline-block; width: .9em; height: .9em; margin-right: .4em;
  vertical-align: -.1em; }
ul, ol { list-style: none; margin: 0; padding: 0; }
.track { position: relative; height: 1.1rem; background: var(--track); border-radius: 3px;
  border-right: 6px solid var(--track); }
.bar { position: absolute; top: 0; bottom: 0; min-width: 3px; border-radius: 3px;
  background: var(--shade); }
.stage > .track > .bar, .workflow > .track > .bar { opacity: .55; }
.chart > li { display: grid; gap: 0 1rem; padding: .2rem 0; align-items: center;
  grid-template-columns: minmax(16rem, 26%) 9rem 6rem 1fr; }
.chart > li.stage { border-top: 1px solid var(--line); font-weight: 600; margin-top: .3rem;
  padding-top: .5rem; }
.chart > li > .more { grid-column: 1 / -1; font-weight: 400; }
.workflow > .name, .workflow > .more { padding-left: 1.2rem; }
.step > .name, .step > .more { padding-left: 2.4rem; }
.name small { display: block; font-weight: 400; }
.status { font-size: .87em; font-weight: 600; }
.took { font-weight: 400; text-align: right; font-variant-numeric: tabular-nums; }
details { font-size: .93em; }
summary { cursor: pointer; color: var(--soft); }
pre { background: var(--box); padding: .6rem .8rem; margin: .3rem 0; white-space: pre-wrap; }
.lanes { display: grid; grid-template-columns: max-content 1fr; gap: .3rem 1rem; margin: 1rem 0; }
.mark { position: absolute; top: 10%; bottom: 10%; width: 6px; }
.ends { display: flex; justify-content: space-between; grid-column: 2; color: var(--soft); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { padding: .35rem .7rem; text-align: left; vertical-align: top; overflow-wrap: break-word;
  border-bottom: 1px solid var(--line); }
th { color: var(--soft); font-size: .87em; }
tr[class] > td:first-child { box-shadow: inset 4px 0 var(--shade); }
tr[class] > td.marking { color: var(--shade); font-weight: 600; }
@media (max-width: 56rem) {
  body { padding: 1rem; }
  thead { display: none; }
  table, tbody, tr { display: block; }
  tr { background: var(--box); border-left: 4px solid var(--shade, var(--line));
    padding: .4rem .8rem; margin: .6rem 0; }
  tr[class] > td:first-child { box-shadow: none; }
  td { display: grid; grid-template-columns: 6.5rem 1fr; gap: 1rem; padding: .1rem 0; border: 0;
    overflow-wrap: anywhere; }
  td:empty { display: none; }
  td::before { content: attr(data-label); color: var(--soft); font-weight: 400; }
}
@media (max-width: 40rem) {
  .chart > li { grid-template-columns: 1fr auto; }
  .chart > li > .name { grid-column: 1; grid-row: 1; }
  .chart > li > .took { grid-column: 2; grid-row: 1; }
  .chart > li > .status { grid-column: 1 / -1; }
  .chart > li > .track { grid-column: 1 / -1; height: .7rem; margin: .2rem 0; }
  .workflow > .status { padding-left: 1.2rem; }
  .step > .status { padding-left: 2.4rem; }
  .facts { grid-template-columns: 1fr; gap: .3rem; }
  .facts > div { display: grid; grid-template-columns: 6.5rem 1fr; gap: 0 1rem; }
  .facts dd { grid-column: 2; }
  .lanes { grid-template-columns: 1fr; }
  .ends { grid-column: 1; }
}
"""

_PAGE = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
{refresh}<title>{title}</title>
<style>
{style}</style>
</head>
<body>
<h1>{title}</h1>
{body}
</body>
</html>
"""

# How a thing is shaded, by the word that says what became of it.
SHADES: Mapping[str, Shade] = {
    **dict.fromkeys(("DELETE", "DELETED", "FAILED", "ROLLBACK_COMPLETED"), "bad"),
    **dict.fromkeys(("DEPRECATE", "DISABLE", "CANCELLED", "SKIP", "SKIPPED"), "warning"),
    **dict.fromkeys(("AVAILABLE", "COMPLETED", "KEEP", "SUCCESS"), "good"),
}


def page(title: str, parts: Iterable[str], *, refresh: int | None = None) -> str:
    """A page of parts that are HTML; with ``refresh`` it is loaded again after so many seconds."""
    return _PAGE.format(
        title=escape(title),
        style=_STYLE,
        body="\n".join(part for part in parts if part),
        refresh="" if refresh is None else f'<meta http-equiv="refresh" content="{refresh}">\n',
    )


def summary(text: str, shade: str | None = None) -> str:
    kinds = f"summary {shade}" if shade else "summary"
    return f'<p class="{kinds}">{escape(text)}</p>' if text else ""


def legend(entries: Iterable[tuple[str, str]]) -> str:
    """What the shades mean: a word for each."""
    shown = "".join(
        f'<span><i class="{shade}"></i>{escape(word)}</span>' for shade, word in entries
    )
    return f'<p class="legend">{shown}</p>' if shown else ""


def facts(known: Mapping[str, Sequence[str]]) -> str:
    """A list of facts, each with its name; a name without lines is left out."""
    shown = "".join(
        f"<div><dt>{escape(name)}</dt>{''.join(f'<dd>{escape(line)}</dd>' for line in lines)}</div>"
        for name, lines in known.items()
        if lines
    )
    return f'<dl class="facts">{shown}</dl>' if shown else ""


def box(text: str, known: Mapping[str, Sequence[str]], shade: Shade) -> str:
    """A box for what a reader has to see first."""
    return f'<div class="box {shade}"><p>{escape(text)}</p>{facts(known)}</div>'


def readable(duration: timedelta) -> str:
    """``9 min 17 s``, ``450 ms``: a length of time by its two largest units."""
    if duration < timedelta(seconds=1):
        milliseconds = duration / timedelta(milliseconds=1)
        return f"{milliseconds:.0f} ms" if milliseconds >= 1 else "0 s" if not duration else "<1 ms"
    seconds = round(duration.total_seconds())
    if seconds == 1 and duration != timedelta(seconds=1):
        return f"{duration.total_seconds():.1f} s"
    sizes = (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1))
    parts: list[tuple[int, str]] = []
    for unit, size in sizes:
        number, seconds = divmod(seconds, size)
        if number or parts:
            parts.append((number, unit))
    return " ".join(f"{number} {unit}" for number, unit in parts[:2] if number)
