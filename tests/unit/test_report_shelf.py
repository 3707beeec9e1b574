"""The folders of reports and their index, with made-up files."""

from pathlib import Path

import pytest

from orchestration.published.study import configured_study
from reports.question import USUAL_SCHEME, Question, ReportError
from reports.shelf import replaced, write_index

DOCS = Path(__file__).parents[2] / "docs"

PAGE = """<!doctype html><html><head><title>{title}</title>
<meta name="description" content="{about}">
</head></html>"""


def write(folder: Path, title: str, about: str = "", figures: tuple[str, ...] = ()) -> None:
    with replaced(folder) as new:
        for figure in figures:
            (new / figure).write_text("drawn")
        (new / "report.html").write_text(PAGE.format(title=title, about=about))


def names(folder: Path) -> set[str]:
    return {file.name for file in folder.iterdir()}


@pytest.mark.parametrize(
    ("question", "name"),
    [
        (Question("KAZ", ("CHN", "USA"), 2007, 2022, "study"), "KAZ-2007-2022-CHN-USA"),
        (Question("KAZ", ("USA", "CHN"), 2007, 2022, "study"), "KAZ-2007-2022-USA-CHN"),
        (Question("KAZ", ("CHN",), 2010, 2010, "voeten"), "KAZ-2010-2010-CHN-voeten"),
    ],
)
def test_a_folder_is_named_by_all_that_is_asked(question, name):
    assert question.name == name


def test_the_configured_study_has_the_folder_that_its_page_of_the_docs_names():
    study = configured_study()
    (focus,) = study.focus
    powers = tuple(study.powers_beside(focus))
    name = Question(focus, powers, study.year_from, study.year_to, USUAL_SCHEME).name
    said = (DOCS / "report.md").read_text(encoding="utf-8")
    assert f"`warehouse/reports/{name}/report.html`" in said


def test_the_focus_state_is_none_of_the_configured_powers():
    assert configured_study().powers_beside(" rus ") == ["CHN", "TUR", "DEU", "USA"]


def test_nothing_of_the_report_before_stays(tmp_path):
    folder = tmp_path / "reports" / "KAZ"
    write(folder, "old", figures=("years.png", "world.svg"))
    write(folder, "new", figures=("years.png",))
    assert names(folder) == {"report.html", "years.png"}
    assert "new" in (folder / "report.html").read_text()
    assert names(tmp_path / "reports") == {"KAZ"}


def test_a_report_that_fails_leaves_the_one_before_whole(tmp_path):
    folder = tmp_path / "KAZ"
    write(folder, "old", figures=("years.png",))
    with pytest.raises(RuntimeError, match="no ink"), replaced(folder) as new:
        (new / "years.png").write_text("half")
        raise RuntimeError("no ink")
    assert names(folder) == {"report.html", "years.png"}
    assert (folder / "years.png").read_text() == "drawn"
    assert names(tmp_path) == {"KAZ"}


def test_a_report_that_cannot_be_moved_in_leaves_the_one_before_whole(tmp_path, monkeypatch):
    folder = tmp_path / "KAZ"
    write(folder, "old")
    rename = Path.rename

    def fails_once(self, target):
        if self.name == "new":
            raise OSError("no room")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fails_once)
    with pytest.raises(OSError, match="no room"):
        write(folder, "new")
    assert "old" in (folder / "report.html").read_text()
    assert names(tmp_path) == {"KAZ"}


@pytest.mark.parametrize("strange", ["thesis.odt", "holiday.png", "figures/years.png"])
def test_a_folder_that_holds_more_than_a_report_is_never_replaced(tmp_path, strange):
    folder = tmp_path / "mine"
    write(folder, "old")
    (folder / strange).parent.mkdir(exist_ok=True)
    (folder / strange).write_text("years of work")
    with pytest.raises(ReportError, match=f"holds {Path(strange).parts[0]}"):
        write(folder, "new")
    assert (folder / strange).read_text() == "years of work"
    assert "old" in (folder / "report.html").read_text()


@pytest.mark.parametrize("picture", ["holiday.png", "years.png", "world.svg"])
def test_a_folder_of_pictures_is_no_report(tmp_path, picture):
    (tmp_path / "my_figures").mkdir()
    (tmp_path / "my_figures" / picture).write_text("years of work")
    with pytest.raises(ReportError, match="my_figures holds"):
        write(tmp_path / "my_figures", "new")
    assert names(tmp_path / "my_figures") == {picture}
    assert (tmp_path / "my_figures" / picture).read_text() == "years of work"


def test_an_empty_folder_can_be_written_to(tmp_path):
    (tmp_path / "mine").mkdir()
    write(tmp_path / "mine", "new")
    assert names(tmp_path / "mine") == {"report.html"}


def test_a_file_is_never_replaced_by_a_folder(tmp_path):
    (tmp_path / "mine").write_text("kept")
    with pytest.raises(ReportError, match="is a file"):
        write(tmp_path / "mine", "new")
    assert (tmp_path / "mine").read_text() == "kept"


def test_the_index_lists_what_is_there(tmp_path):
    write(tmp_path / "KAZ-2007-2022-CHN", "Kazakhstan &amp; all", "beside &lt;China&gt;")
    write(tmp_path / "FRA-1990-2000-USA", "France", "beside the United States")
    (tmp_path / ".report-unfinished" / "new").mkdir(parents=True)
    (tmp_path / "mine").mkdir()
    page = write_index(tmp_path).read_text(encoding="utf-8")
    assert page.count("<li>") == 2
    assert page.index('href="FRA-1990-2000-USA/report.html"') < page.index(
        "Kazakhstan &amp; all</a>"
    )
    assert "<p>beside &lt;China&gt;</p>" in page
    (tmp_path / "FRA-1990-2000-USA" / "report.html").unlink()
    assert write_index(tmp_path).read_text(encoding="utf-8").count("<li>") == 1
