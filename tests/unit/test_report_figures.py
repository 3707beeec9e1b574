"""What figures show the same way in every report."""

from itertools import permutations

import pytest

from reports.figures import COLOURS, OWN_PLACES, places_of


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
