"""How to cite a published file: the project at this build, and the sources it was built from.

Belongs here: the references, from the file and CITATION.cff, and their formats. Not here: the
citation of a source as the file has it (sources/), or CITATION.cff's own words.
"""

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from orchestration.layout import ROOT
from orchestration.published.query import rows_of

CITATION = ROOT / "CITATION.cff"
SYNTHETIC = "SYNTHETIC: an invented Assembly, not to be cited"

SOURCES_USED = """
    select source, release, max(version) as version, max(citation) as citation,
        max(licence) as licence, max(release_date) as release_date
    from raw.releases group by source, release order by all
"""

# What would end a field, or be read as a command, in BibTeX.
_BIBTEX = re.compile(r"[&%$#_{}]")


@dataclass(frozen=True)
class Reference:
    """A work to cite; `words` is the citation as its publisher words it, '' if there is none."""

    key: str
    kind: str
    title: str
    authors: tuple[dict[str, str], ...]
    published: date | None
    version: str
    url: str
    doi: str
    licence: str
    words: str
    note: str = ""


def references(
    file: Path, citation: Path = CITATION, without: Collection[str] = ()
) -> list[Reference]:
    """The project at this build, then the sources that the file was built from, but for some.

    Raises QueryError if nothing is published or the file can't be read.
    """
    (publication,) = rows_of(file, "select * from marts.publication")
    project = yaml.safe_load(citation.read_text(encoding="utf-8"))
    note = SYNTHETIC if publication["synthetic"] else ""
    published = publication["published_at"].date()
    code, through = publication["code_version"], publication["data_through"]
    found = [
        Reference(
            key=f"unga_vote_warehouse_{published.year}",
            kind="software",
            title=project["title"],
            authors=_authors(project),
            published=published,
            version=f"{data_version(publication)}, code {code}, votes through {through}, "
            f"run {publication['run_id']}",
            url=_url(project),
            doi=project.get("doi", ""),
            licence=project["license"],
            words="",
            note=note,
        )
    ]
    by_url = {_url(work): work for work in project["references"]}
    for row in rows_of(file, SOURCES_USED):
        if row["source"] in without:
            continue
        # A source's own citation ends with its address, by which the project's file has it too.
        words = row["citation"] or row["source"]
        work: dict[str, Any] = next((by_url[url] for url in by_url if url and url in words), {})
        found.append(
            Reference(
                key=re.sub(r"\W", "_", f"{row['source']}_{row['release']}"),
                kind="dataset",
                title=work.get("title", words),
                authors=_authors(work),
                published=row["release_date"],
                version=row["version"] or f"release {row['release']}",
                url=_url(work),
                doi=work.get("doi", ""),
                licence=row["licence"] or "",
                words=words,
                note=note,
            )
        )
    return found


def release_of_code(citation: Path = CITATION) -> str:
    """The release of the code, `YYYY.N`, as CITATION.cff has it."""
    return str(yaml.safe_load(citation.read_text(encoding="utf-8"))["version"])


def data_version(publication: Mapping[str, Any]) -> str:
    """The version of a published file, from its row of marts.publication.

    The release of the code that built it, and the day of the last vote: 2026.1.20260604. It has the
    three numbers that other programs expect of a version. Files of before releases were recorded
    have 0.0 in their place.
    """
    release = publication.get("release") or "0.0"
    return f"{release}.{publication['data_through']:%Y%m%d}"


def _authors(work: dict[str, Any]) -> tuple[dict[str, str], ...]:
    """The authors as CSL has names: of a person in two parts, of anyone else in one."""
    return tuple(
        {"family": author["family-names"], "given": author.get("given-names", "")}
        if "family-names" in author
        else {"literal": author["name"]}
        for author in work.get("authors", ())
    )


def _url(work: dict[str, Any]) -> str:
    """The address of a work of CITATION.cff, by its DOI if it has one; '' if it has neither."""
    if "doi" in work:
        return f"https://doi.org/{work['doi']}"
    return str(work.get("url") or work.get("repository-code") or "")


def as_text(works: Sequence[Reference]) -> str:
    """The project's citation, then those of the sources, in plain text."""
    project, *sources = works
    names = ", ".join(map(_name, project.authors))
    parts = [names, f"{project.title} ({project.version})", f"Published {project.published}"]
    lines = [project.note] if project.note else []
    lines += [". ".join([*parts, *([project.url] if project.url else [])]) + ".", ""]
    lines.append("built from")
    for work in sources:
        lines += [f"  {work.words} ({work.version})", f"    licence: {work.licence}"]
    return "\n".join(lines)


def as_bibtex(works: Sequence[Reference]) -> str:
    """BibTeX entries."""
    return "\n\n".join(map(_bibtex, works))


def _bibtex(work: Reference) -> str:
    fields = {
        "title": f"{{{_escaped(work.title)}}}",
        # In braces, the name of an institution is not taken apart.
        "author": " and ".join(
            _escaped(_name(author)) if "family" in author else f"{{{_escaped(_name(author))}}}"
            for author in work.authors
        ),
        "year": str(work.published.year) if work.published else "",
        "date": str(work.published or ""),
        "version": _escaped(work.version),
        "doi": work.doi,
        "url": work.url,
        "note": _escaped(_note(work)),
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@misc{{{work.key},", *lines, "}"])


def _note(work: Reference) -> str:
    licence = f"Licence: {work.licence}" if work.licence else ""
    return ". ".join(filter(None, [work.note, work.words, licence]))


def _escaped(words: str) -> str:
    return _BIBTEX.sub(lambda found: f"\\{found[0]}", words)


def _name(author: dict[str, str]) -> str:
    return author.get("literal") or f"{author['family']}, {author['given']}"


def as_csl(works: Sequence[Reference]) -> str:
    """CSL-JSON, which Zotero, Pandoc and other reference managers read."""
    items = []
    for work in works:
        day = work.published
        item = {
            "id": work.key,
            "type": work.kind,
            "title": work.title,
            "author": list(work.authors),
            "issued": {"date-parts": [[day.year, day.month, day.day]]} if day else None,
            "version": work.version,
            "URL": work.url,
            "DOI": work.doi,
            "note": _note(work),
        }
        items.append({name: value for name, value in item.items() if value})
    return json.dumps(items, indent=2, ensure_ascii=False)
