"""How each letter language beside English and French is written: what its letters must and must not hold."""

from __future__ import annotations

from typing import NamedTuple


class Manner(NamedTuple):
    """Patterns of one language, matched against a letter on one line."""

    formal: str
    """How the firm is addressed."""
    informal: str
    sexed: str
    """Words that tell the sex of the writer, and forms that offer both."""
    citation: str
    """A citation in the national style."""
    wrong_citation: str
    """Another country's style, or another of the same country than the one we keep."""
    no_claim: str
    """What a request without a law says of itself."""
    money: str
    """Court and money, which stay out of a first letter."""
    language_tag: str
    """As Word writes it on A4."""
    letters: str
    """A text with all signs that the language has beyond English."""
    swiss: str = ""
    """A citation as it is written in Switzerland, where that differs; none where no letter goes from there."""


MANNERS = {
    "de": Manner(
        formal=r"\bSie\b",
        informal=r"\b(?:[Dd]u|[Dd]ir|[Dd]ich|[Dd]ein\w*|[Ee]uch|[Ee]ure?\w*)\b",
        sexed=r"\w[:*_/]-?[Ii]n(?:nen)?\b|\w[a-zäöü]Innen\b|\(in\)|\(innen\)|Unterzeichne|\bals Betroffener?\b|\bKund\w+innen\b",
        citation=r"Art\. \d+(?: Abs\. \d+(?:, \d+)*(?: und \d+)?)?(?: Buchst\. [a-z])?",
        wrong_citation=r"\d\(\d|\blit\.|\bArtikel \d|\bBuchstabe\b|\bAbsatz \d",
        no_claim="ich behaupte nicht, dass ein Gesetz",
        money=r"schaden(?:s)?ersatz|entschädig|\bgericht\b|\bklage|art\. 82|€",
        language_tag="de-DE",
        letters="ÄÖÜäöüß §15 „Zitat“ – 10 €",
        swiss=r"(?>Art\. \d+[a-z]?(?: und \d+[a-z]?\b)?(?: Abs\. \d+)?(?: Bst\. [a-z]\b)?(?: Ziff\. \d+)?)(?! Buchst)",
    ),
    "it": Manner(
        formal=r"\b[Vv](?:i|oi|ostr[oaei])\b",
        informal=r"\b(?:tu|ti|tuo|tua|tuoi|tue)\b",
        sexed=r"\bsono (?:stat|nat|cert|sicur|convint)[oa]\b|sottoscritt[oa]|\w/a\b|\([oa]\)|\w\*\b|interessat[oa]/",
        citation=r"articolo \d+(?:, paragraf[oi] \d+(?:, \d+)*(?: e \d+)?)?(?:, lettera [a-z]\))?"
        r"|lettera [a-z]\) del medesimo paragrafo",
        wrong_citation=r"\d\(\d|\bart\. \d|\bpar\. \d|\blett\. [a-z]|\bcomma \d",
        no_claim="non sostengo che una legge",
        money=r"risarci|tribunal|indennizz|giudi(?:ce|zi(?!arie))|articolo 82|€",
        language_tag="it-IT",
        letters="àèéìòùÀÈÉ «citazione» n. 1° l’uso – 10 €",
        swiss=r"art\. \d+[a-z]?(?: e \d+[a-z]?\b)?(?: cpv\. \d+)?(?: lett\. [a-z]\b)?(?: n\. \d+)?",
    ),
    "es": Manner(
        formal=r"\b(?:[Uu]stedes|[Ll]es|[Ss]us?)\b",
        informal=r"\b(?:tú|ti|tus?|vosotr[oa]s|vuestr\w+)\b",
        sexed=r"\b(?:estoy|soy) \w+[oa]\b|abajo firmante|\w/a\b|\([oa]\)|\w@\w*s?\b(?!\.)|\bhe sido \w+[oa]\b",
        citation=r"artículo \d+(?:, apartados? \d+(?:, \d+)*(?: y \d+)?)?(?:, letra [a-z]\))?|letra [a-z]\) del mismo apartado",
        wrong_citation=r"\d\(\d|\bart\. \d|\bapdo\.|\d+\.\d+\.[a-z]\)|\bpárrafo \d",
        no_claim="no afirmo que una ley",
        money=r"indemniza|tribunal|juzgado|demanda judicial|artículo 82|€",
        language_tag="es-ES",
        letters="áéíóúüñÁÉÍÓÚÜÑ ¿sí? ¡no! «cita» n.º 1 – 10 €",
    ),
    "nl": Manner(
        formal=r"\b(?:[Uu]w?)\b",
        informal=r"\b(?:je|jij|jou|jouw|jullie)\b",
        sexed=r"\bhij/zij\b|\bzijn/haar\b|\w/ster\b|\w\(e\)",
        citation=r"artikel \d+(?:, (?:lid|leden) \d+(?:, \d+)*(?: en \d+)?)?(?:, onder [a-z]\))?",
        wrong_citation=r"\d\(\d|\bart\. \d|\bsub [a-z]\b|\blid \d+ (?:onder|sub)\b|\bartikel \d+ lid",
        no_claim="ik beweer niet dat een wet",
        money=r"schadevergoeding|rechtbank|\brechter\b|artikel 82|€",
        language_tag="nl-NL",
        letters="één coördinatie geïnd ÉËÏ “citaat” foto’s – 10 €",
    ),
    "pl": Manner(
        formal=r"\bPaństw\w+\b",
        informal=r"\b(?:ty|ciebie|tobie|tw[oó]j\w*|wasz\w*|wam|was)\b",
        sexed=r"\b\w+(?:łem|łam|łbym|łabym)\b|\bpowin(?:ienem|nam)\b|niżej podpisan|\w/a\b|\(a\)",
        citation=r"art\. \d+(?: ust\. \d+(?:, \d+)*(?: i \d+)?)?(?: lit\. [a-z])?",
        wrong_citation=r"\d\(\d|\bartykuł\w* \d|\bustęp\w* \d|\bliter\w+ [a-z]\)|lit\. [a-z]\)\)",
        no_claim="nie twierdzę, że",
        money=r"odszkodowani|zadośćuczynieni|\bsąd|art\. 82|€",
        language_tag="pl-PL",
        letters="ąćęłńóśźżĄĆĘŁŃÓŚŹŻ „cytat” § 3 – 10 €",
    ),
    "pt": Manner(
        formal=r"\bV\. Ex\.as\b",
        informal=r"\b(?:tu|te|ti|teus?|tuas?|você|vocês|vos|voss[oa]s?)\b",
        sexed=r"abaixo assinad|\bobrigad[oa]\b|\w/a\b|\([oa]\)|\b(?:estou|sou|fui) \w+[oa]\b",
        citation=r"artigo \d+\.º(?:, n\.(?:º|os) \d+(?:, \d+)*(?: e \d+)?)?(?:, alínea [a-z]\))?|alínea [a-z]\) do mesmo número",
        wrong_citation=r"\d\(\d|\bart\.º? \d|\bartigo \d+(?!\.º)\b|\bal\. [a-z]|\bparágrafo \d",
        no_claim="não afirmo que uma lei",
        money=r"indemniza|tribunal|artigo 82|€",
        language_tag="pt-PT",
        letters="ãõáâàçéêíóôúÃÕÇ «citação» n.º 1 n.os 2 – 10 €",
    ),
}
ENGLISH = {
    language: rf"\b(?:Arts?\. \d+\(|January|February|July|October|the|and|with|your|request|access|Act|Findings|Enclosures|{own})\b"
    for language, own in {
        "de": "GDPR|RGPD|data|clause",
        "it": "RGPD|DSGVO|clause|August",
        "es": "GDPR|DSGVO|data|clause|August",
        "nl": "GDPR|DSGVO|RGPD|clause|August",
        "pl": "GDPR|DSGVO|RGPD|data|clause|August",
        "pt": "GDPR|DSGVO|clause|August",
    }.items()
}
"""Words of English, and names of the law in other languages, that a letter must not hold."""
