"""What figures show the same way in every report."""

from itertools import permutations

import pytest
from facts import estimated, made, placed

from reports.figures import COLOURS, OWN_PLACES, figures_of, places_of


def test_a_power_that_is_often_asked_about_has_its_own_colour():
    for power, place in OWN_PLACES.items():
        for others in (("IND", "BRA", "ZAF"), tuple(OWN_PLACES)):
            assert places_of({power, *others})[power] == place


def test_the_order_of_the_powers_changes_no_colour():
    powers = ("IND", "CHN", "BRA", "USA")
    assert len({tuple(sorted(places_of(order).items())) for order in permutations(powers)}) == 1


def test_any_power_keeps_its_colour_beside_those_that_most_reports_have():
    for power in ("IND", "BRA", "ZAF", "JPN", "POL", "SSD"):
        alone = places_of([power])[power]
        assert places_of(["USA", "CHN", power, "RUS"])[power] == alone


@pytest.mark.parametrize(
    "powers",
    [
        ("IND", "BRA", "ZAF", "EGY", "NGA", "PAK", "IDN"),
        ("CHN", "RUS", "TUR", "DEU", "USA", "IND", "BRA"),
    ],
)
def test_no_two_powers_of_a_report_look_alike(powers):
    places = places_of(powers)
    assert set(places) == set(powers)
    assert set(places.values()) == set(range(len(COLOURS)))


SEVEN = ("CHN", "RUS", "TUR", "DEU", "USA", "GBR", "FRA")


def ideal_points(focus, powers, is_current=True, without=()):
    rows = [
        placed(state, year, 0.5)
        for state in (focus, *powers)
        for year in (2000, 2001, 2003)
        if state not in without
    ]
    facts = made(focus, powers, ideal_points=rows, ideal_points_run=estimated(is_current))
    return next((each for each in figures_of(facts) if each.name == "ideal-points"), None)


def test_no_two_states_look_alike_where_ideal_points_are_drawn():
    for powers in (SEVEN, ("IND", "USA")):
        bands, lines, points = ideal_points("KAZ", powers).spec["layer"]
        colour, shape = (points["encoding"][channel] for channel in ("color", "shape"))
        assert colour["scale"]["domain"][0] == "KAZ"
        assert len(set(colour["scale"]["range"])) == len(powers) + 1
        assert len(set(shape["scale"]["range"])) == len(powers) + 1
        assert bands["encoding"]["color"] == lines["encoding"]["color"] == colour


def test_a_session_without_votes_breaks_the_line_of_ideal_points():
    values = ideal_points("KAZ", ("USA",)).spec["data"]["values"]
    usa = [(row["year"], row["estimate"]) for row in values if row["state"] == "United States"]
    assert usa == [(2000, 0.5), (2001, 0.5), (2002, None), (2003, 0.5)]


def test_a_power_without_ideal_points_is_left_out_and_no_figure_is_of_powers_alone():
    assert "United" not in ideal_points("KAZ", ("CHN", "USA"), without=("USA",)).title
    assert ideal_points("KAZ", ("CHN", "USA"), without=("KAZ",)) is None


def test_the_figure_of_ideal_points_says_of_which_votes_they_are():
    assert ideal_points("KAZ", ("USA",)).source == "ideal points of the votes through 2003-12-09"
    older = ideal_points("KAZ", ("USA",), is_current=False)
    assert older.source.endswith("2003-12-09, which are not those of this file")
    assert "The numbers are in the table below." in older.alternative
