"""What a batch decides without a file or a vault."""

from __future__ import annotations

import pytest

from optout.batch import postal_order


@pytest.mark.parametrize(
    ("lines", "country", "code"),
    [
        (["899 West Evelyn Avenue", "Mountain View, CA 94041", "United States of America"], "united states of america", "94041"),
        (["38770 Sky Canyon Dr., Ste. A", "Murrieta, CA 92563", "United States of America"], "united states of america", "92563"),
        (["410 Terry Avenue North", "Seattle, WA 98109-5210", "United States"], "united states", "98109-5210"),
        (["ul. Grabiszyńska 186/2B/4", "53-235 Wrocław", "Poland"], "poland", "53-235"),
        (["8th Floor - Office 801A", "Limassol, 3105", "Cyprus"], "cyprus", "3105"),
        (["Merrion Road", "Dublin 4, D04 X2K5", "Ireland"], "ireland", "D04 X2K5"),
        (["Gordon House, Barrow Street", "Dublin 4", "Ireland"], "ireland", ""),
        (["Ipswich, Suffolk", "IP7 5EA", "United Kingdom"], "united kingdom", "IP7 5EA"),
        (["Keizersgracht 165", "1016 DP Amsterdam", "The Netherlands"], "the netherlands", "1016 DP"),
        (["PO Box 144, George Town", "Grand Cayman KY1-9006", "Cayman Islands"], "cayman islands", "KY1-9006"),
        (["1 Road", "Toronto ON M5V 2T6", "Canada"], "canada", "M5V 2T6"),
        (["Rua 1", "1000-123 Lisboa", "Portugal"], "portugal", "1000-123"),
        (["22-24 Boulevard Royal", "L-2449 Luxembourg", "Luxembourg"], "luxembourg", "2449"),
        (["privacy@firm.example"], "privacy@firm.example", ""),
        ([], "the firm", ""),
    ],
)  # fmt: skip
def test_letters_are_sorted_by_country_and_what_looks_like_a_postcode(
    lines: list[str], country: str, code: str
) -> None:
    assert postal_order(["The Firm", *lines]) == (country, code, ("The Firm", *lines))
    assert postal_order([]) == ("", "", ())
