"""The static site: linked, folded where it should be, fit for its readers; a part of it by default, all with slow."""

import re
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

import pytest

from .conftest import ROOT, serious

PART = ("00", "02")
KINDS = {"index", "lessons/00_start_here", "docs/GLOSSARY", "docs/LEADERBOARD", "search"}
"""A page of each kind: colours are looked at here alone; all pages have the same, and a long one takes a minute."""
LOOKS = {"light": ("light", 1280), "dark": ("dark", 1280), "phone": ("light", 390)}


class _Page(HTMLParser):
    """Ids of a page, where it links to, and the text inside and outside of what is folded."""

    def __init__(self, path):
        super().__init__()
        self.ids, self.links, self.folded, self.depth = set(), [], "", 0
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.ids.add(given.get("id"))
        self.links += [given[name] for name in ("href", "src") if given.get(name)]
        self.depth += tag == "details"

    def handle_endtag(self, tag):
        self.depth -= tag == "details"

    def handle_data(self, data):
        self.folded += data * (self.depth > 0)


@pytest.fixture(
    scope="module",
    params=[pytest.param(PART, id="part"), pytest.param((), id="whole", marks=pytest.mark.slow)],
)
def site(request, tmp_path_factory):
    """The folder of the site, and what Sphinx had to say."""
    for package in ("sphinx", "myst_nb", "furo", "latex2mathml"):
        pytest.importorskip(package, reason='The site is not built: pip install -e ".[site]".')
    from course_utils.site import builder

    out = tmp_path_factory.mktemp("site")
    return out, builder.build(ROOT, out, request.param)


@pytest.fixture(scope="module")
def pages(site):
    """All pages by their path."""
    return {path: _Page(path) for path in sorted(site[0].rglob("*.html"))}


def test_sphinx_has_nothing_to_say(site):
    assert site[1] == []


def test_every_link_within_leads_to_a_page_and_an_anchor_that_exist(pages):
    lost = []
    for path, page in pages.items():
        for link in page.links:
            to = urlsplit(link)
            target = (path.parent / unquote(to.path)).resolve() if to.path else path
            if to.scheme in ("http", "https", "data"):
                continue
            if not target.exists() or to.fragment and target in pages and unquote(to.fragment) not in pages[target].ids:
                lost.append((path.name, link))
    assert len(pages) > 10 and lost == []


def test_exercises_are_open_and_answers_are_folded(site, pages):
    path = site[0] / "lessons" / "02_the_kl_divergence_derived.html"
    text = re.sub(r"<[^>]+>", "", path.read_text(encoding="utf-8"))
    answer = "return (mu**2 + sigma**2 - 1 - torch.log(sigma**2)) / 2"
    assert text.count(answer) == pages[path].folded.count(answer) == 1
    assert "raise NotImplementedError()" in text and "raise NotImplementedError()" not in pages[path].folded
    assert "it costs you the exercise (2 points)" in text and "BEGIN SOLUTION" not in text


def test_formulas_are_mathml_without_a_command_of_tex_left(site):
    for path in (site[0] / "lessons").glob("*.html"):
        formulas = re.findall(r"<math.*?</math>", path.read_text(encoding="utf-8"), re.DOTALL)
        assert path.name.startswith(("00", "14")) or len(formulas) > 20
        assert [formula for formula in formulas if re.search(r">[^<]*(\\\\[a-zA-Z]|\\$)", formula)] == []
        assert "$" not in re.sub(r"<(pre|code)\b.*?</\1>|<script.*?</script>", "", path.read_text(), flags=re.DOTALL)


def test_the_numbers_on_the_front_page_stand_in_lessons_or_on_cards(site):
    from course_utils.site import front

    known = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "solutions").glob("*.ipynb"))
    known += (ROOT / "course_utils/assets/checkpoints/comparison.md").read_text(encoding="utf-8")
    text = (ROOT / "course_utils/assets/site/front.md").read_text(encoding="utf-8")
    numbers = re.findall(r"\d+\.\d{2,}", text) + [f"{nats:.2f}" for _, nats, _ in front.rungs()]
    assert len(numbers) > 12 and [number for number in numbers if number not in known] == []


@pytest.mark.parametrize("look", LOOKS)
def test_readers_find_nothing_in_their_way(site, browser, axe, look):
    """No request elsewhere, no error, nothing serious for axe, and a phone need not scroll sideways."""
    scheme, width = LOOKS[look]
    page = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 900}).new_page()
    faults = []
    page.on("request", lambda request: faults.append(request.url) if request.url.startswith("http") else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    for path in sorted(site[0].rglob("*.html")):
        name = path.relative_to(site[0]).with_suffix("").as_posix()
        page.goto(path.as_uri())
        if look == "light" or name in KINDS:
            faults += [
                (name, *fault) for fault in serious(page, axe, "html", colours=name in KINDS and look != "phone")
            ]
        if page.evaluate("document.documentElement.scrollWidth") > width:
            faults.append((name, "wider than the screen"))
    page.context.close()
    assert faults == []


def test_a_search_finds_the_cell_that_is_looked_for(site, browser):
    page = browser.new_page()
    page.goto(f"{(site[0] / 'search.html').as_uri()}?q=quadrature")
    page.wait_for_selector("#search-results li a")
    assert any("KL divergence" in title for title in page.locator("#search-results li a").all_text_contents())
    page.close()


def test_the_moving_picture_can_be_stopped_and_stands_still_for_who_asks(site, browser):
    page = browser.new_page()
    state = "getComputedStyle(document.querySelector('.course-walk span')).animationPlayState"
    page.goto((site[0] / "index.html").as_uri())
    assert page.evaluate(state) == "running"
    page.get_by_role("button", name="Pause").click()
    assert page.evaluate(state) == "paused"
    page.emulate_media(reduced_motion="reduce")
    page.reload()
    assert page.evaluate(state) == "paused"
    page.close()
