"""What reading a picture promises, each promise with a small picture made on the fly."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.digits.read import read
from app.digits.reading import WORKING_SIDE, Colours, Found, Grey, Reading

FONT = cv2.FONT_HERSHEY_SIMPLEX
INK, PAPER = (30, 30, 40), (225, 222, 210)


def sheet(height: int, width: int, colour: tuple[int, int, int] = PAPER) -> Colours:
    return np.full((height, width, 3), colour, np.uint8)


def write(
    picture: Colours,
    text: str,
    left: int,
    bottom: int,
    *,
    size: float = 5.0,
    width: int = 9,
    colour: tuple[int, int, int] = INK,
) -> Colours:
    """Digits about 21 * size pixels tall."""
    cv2.putText(picture, text, (left, bottom), FONT, size, colour, width, cv2.LINE_AA)
    return picture


def grain(picture: npt.NDArray[np.generic], strength: float = 2.5) -> Colours:
    noise = np.random.default_rng(0).normal(0, strength, picture.shape)
    return np.clip(picture.astype(np.float64) + noise, 0, 255).astype(np.uint8)


def only(reading: Reading) -> Found:
    assert not reading.problem
    assert len(reading.digits) == 1
    return reading.digits[0]


def alike(one: Grey, other: Grey) -> float:
    """The correlation of two pictures."""
    return float(np.corrcoef(one.ravel(), other.ravel())[0, 1])


def a_five(picture: Colours) -> Colours:
    return write(picture, "5", 130, 220)


PLAIN = only(read(a_five(sheet(300, 300)))).picture


def shadow(picture: Colours) -> Colours:
    light = np.linspace(1, 0.35, picture.shape[1])[None, :, None]
    return grain(picture * light)


def hard_shadow(picture: Colours) -> Colours:
    light = np.where(np.arange(picture.shape[1]) < 190, 1.0, 0.6)[None, :, None]
    return grain(picture * light)


def vignette(picture: Colours) -> Colours:
    y, x = np.mgrid[-1:1:300j, -1:1:300j]
    return grain(picture * (1 - 0.35 * (x**2 + y**2))[..., None])


def jpeg(picture: Colours) -> Colours:
    done = cv2.imdecode(cv2.imencode(".jpg", grain(picture), [cv2.IMWRITE_JPEG_QUALITY, 40])[1], cv2.IMREAD_COLOR)
    assert done is not None
    return done.astype(np.uint8)


def specks(picture: Colours) -> Colours:
    for x, y in np.random.default_rng(3).integers(5, 295, (12, 2)):
        cv2.circle(picture, (int(x), int(y)), 1, (90, 90, 90), -1)
    return picture


def frame(picture: Colours) -> Colours:
    cv2.rectangle(picture, (12, 12), (287, 287), (30, 30, 30), 3)
    return picture


def black_edge(picture: Colours) -> Colours:
    picture[:, :12] = 20
    return picture


def table(picture: Colours) -> Colours:
    large = sheet(400, 400, (90, 62, 40))
    large[50:350, 50:350] = picture
    return grain(large)


def print_through(picture: Colours) -> Colours:
    through = write(sheet(300, 300), "8", 25, 150, colour=(200, 197, 188))
    return grain(np.minimum(picture, cv2.GaussianBlur(through, (0, 0), 2)))


def squared(picture: Colours) -> Colours:
    lines = sheet(300, 300)
    lines[10::37] = lines[:, 10::37] = (190, 200, 215)
    return grain(np.minimum(picture, lines))


def print_beside(picture: Colours) -> Colours:
    for row, text in enumerate(("Name of pupil", "Please write", "one number.")):
        cv2.putText(picture, text, (14, 24 + 20 * row), FONT, 0.5, (40, 40, 40), 1, cv2.LINE_AA)
    return picture


def boxes(picture: Colours) -> Colours:
    for left in (10, 118, 236, 290):
        cv2.line(picture, (left, 90), (left + 4, 245), (40, 40, 40), 2)
    cv2.line(picture, (10, 90), (290, 88), (40, 40, 40), 3)
    cv2.line(picture, (14, 245), (294, 243), (40, 40, 40), 3)
    return picture


def crossed_by_lines(picture: Colours) -> Colours:
    for y in range(-15, 330, 45):
        cv2.line(picture, (0, y + 12), (299, y), (60, 60, 110), 2, cv2.LINE_AA)
    return picture


def on_a_line(picture: Colours) -> Colours:
    return cv2.line(picture, (0, 217), (299, 220), (60, 60, 110), 2, cv2.LINE_AA).astype(np.uint8)


def toolbar(picture: Colours) -> Colours:
    for left in range(10, 270, 22):
        cv2.rectangle(picture, (left, 8), (left + 16, 24), (60, 90, 160), -1)
    return picture


def dark_and_noisy(picture: Colours) -> Colours:
    light = np.linspace(0.25, 0.1, 300)[None, :, None]
    return grain(picture * light, 5)


CHANGES = (
    shadow, hard_shadow, vignette, jpeg, specks, frame, black_edge, table, print_through, squared,
    print_beside, boxes, crossed_by_lines, on_a_line, toolbar, dark_and_noisy,
)  # fmt: skip


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_what_is_around_the_digit_changes_nothing(change: Callable[[Colours], Colours]) -> None:
    found = only(read(change(a_five(sheet(300, 300)))))
    assert alike(found.picture, PLAIN) > 0.88  # one pixel of 28 aside is 0.9


@pytest.mark.parametrize(
    ("middle", "radius", "soft", "dark"),
    [((112, 165), 78, 6, 0.55), ((183, 240), 88, 16, 0.66), ((217, 218), 73, 16, 0.62), ((244, 216), 64, 16, 0.46)],
)
def test_a_round_shadow_over_pencil_is_no_ink(middle: tuple[int, int], radius: int, soft: int, dark: float) -> None:
    picture = write(sheet(300, 300), "5", 130, 220, width=3, colour=(100, 100, 100))
    y, x = np.mgrid[:300, :300]
    away = np.hypot(x - middle[0], y - middle[1]) - radius
    assert alike(only(read(grain(picture * (1 - dark / (1 + np.exp(away / soft)))[..., None]))).picture, PLAIN) > 0.88


def test_pen_that_runs_along_printed_lines_is_not_taken_out_with_them() -> None:
    small = write(sheet(800, 800), "5", 390, 400, size=3, width=5)
    lines = sheet(800, 800)
    for first in (5, 6):
        lines[first::36] = lines[:, first::36] = (150, 165, 195)
    found = only(read(grain(np.minimum(small, lines))))
    assert alike(found.picture, only(read(small)).picture) > 0.88


def on_a_table(picture: Colours, corners: list[list[int]], table: tuple[int, int, int]) -> Colours:
    height, width = picture.shape[:2]
    flat = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    way = cv2.getPerspectiveTransform(flat, np.array(corners, np.float32))
    around = (sheet(600, 800, table) * np.linspace(0.6, 1, 800)[:, None]).astype(np.uint8)
    inside = cv2.warpPerspective(np.ones((height, width), np.uint8), way, (800, 600))
    around[inside > 0] = cv2.warpPerspective(picture, way, (800, 600))[inside > 0]
    return grain(around, 6)


LEANING = [[230, 90], [520, 130], [480, 480], [180, 400]]


@pytest.mark.parametrize(
    ("paper", "table"),
    [
        (PAPER, (90, 62, 40)),
        ((250, 232, 110), (225, 228, 232)),  # a yellow note on a white desk
        (PAPER, (20, 20, 22)),
    ],
)
def test_a_sheet_that_lies_on_a_table_is_seen_from_above(
    paper: tuple[int, int, int], table: tuple[int, int, int]
) -> None:
    reading = read(on_a_table(a_five(sheet(300, 300, paper)), LEANING, table))
    assert "sheet" in [stage.name for stage in reading.stages]
    found = only(reading)
    assert alike(found.picture, PLAIN) > 0.85
    left, top, width, height = found.box
    assert 270 < left < left + width < 430
    assert 160 < top < top + height < 400


def test_a_sheet_without_writing_is_not_looked_at_alone() -> None:
    picture = on_a_table(sheet(300, 300), [[40, 40], [300, 50], [290, 400], [50, 420]], (150, 140, 130))
    write(picture, "5", 450, 400, size=12, width=20)
    assert "sheet" not in [stage.name for stage in read(picture).stages]


def shadow_beside(picture: Colours) -> Colours:
    light = np.where(np.arange(picture.shape[1]) < 100, 0.6, 1.0)[None, :, None]
    return grain(picture * light)


@pytest.mark.parametrize("change", [shadow, hard_shadow, shadow_beside, vignette])
def test_a_shadow_is_no_edge_of_a_sheet(change: Callable[[Colours], Colours]) -> None:
    assert "sheet" not in [stage.name for stage in read(change(a_five(sheet(300, 300)))).stages]


@pytest.mark.parametrize(
    ("ink", "paper"),
    [
        ((230, 230, 220), (40, 60, 50)),  # chalk
        ((255, 255, 255), (0, 0, 0)),
        ((190, 60, 60), (60, 96, 240)),  # red on blue, as light as each other
        ((250, 220, 60), (250, 250, 250)),  # yellow on white
        ((200, 200, 190), (225, 222, 210)),  # faint pencil
    ],
)
def test_ink_is_found_by_any_difference_from_the_paper(ink: tuple[int, int, int], paper: tuple[int, int, int]) -> None:
    picture = write(sheet(300, 300, paper), "5", 130, 220, colour=ink)
    assert alike(only(read(picture)).picture, PLAIN) > 0.95


@pytest.mark.parametrize("digit", "0123456789")
def test_polarity_does_not_matter(digit: str) -> None:
    picture = write(sheet(260, 220), digit, 60, 190)
    assert alike(only(read(picture)).picture, only(read(255 - picture)).picture) > 0.97


@settings(max_examples=15, deadline=None, derandomize=True)
@given(left=st.integers(15, 170), bottom=st.integers(125, 285), scale=st.sampled_from((0.6, 1.5, 2.0)))
def test_place_and_size_do_not_matter(left: int, bottom: int, scale: float) -> None:
    picture = write(sheet(300, 300), "5", left, bottom)
    assert alike(only(read(picture)).picture, PLAIN) > 0.95
    scaled = cv2.resize(
        picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    )
    assert alike(only(read(scaled.astype(np.uint8))).picture, PLAIN) > 0.93


@pytest.mark.parametrize("width", [1, 2, 5, 12, 26])
def test_strokes_become_as_wide_as_mnists(width: int) -> None:
    picture = only(read(write(sheet(400, 400, (255, 255, 255)), "3", 120, 300, size=9, width=width))).picture
    large = (cv2.resize(picture, None, fx=8, fy=8, interpolation=cv2.INTER_CUBIC) > 127).astype(np.uint8)
    depth = cv2.distanceTransform(large, cv2.DIST_L2, 5)
    strokes = depth[(depth >= cv2.dilate(depth, np.ones((3, 3), np.uint8))) & (depth > 4)]
    assert 1.5 < 2 * np.median(strokes) / 8 < 4.2


def test_a_thick_eight_keeps_its_holes() -> None:
    picture = only(read(write(sheet(400, 400), "8", 110, 320, size=10, width=38))).picture
    holes, *_ = cv2.connectedComponentsWithStats((picture < 100).astype(np.uint8), connectivity=4)
    assert holes - 1 == 3  # both holes, and the outside


def test_the_picture_has_mnists_form() -> None:
    for digit in "0123456789":
        picture = only(read(write(sheet(300, 300), digit, 90, 250, size=6))).picture
        rows, columns = np.nonzero(picture > 100)
        assert picture.shape == (28, 28)
        assert 18 <= max(np.ptp(rows), np.ptp(columns)) + 1 <= 20
        moments = cv2.moments(picture)
        assert abs(moments["m10"] / moments["m00"] - 13.5) <= 0.6
        assert abs(moments["m01"] / moments["m00"] - 13.5) <= 0.6


@pytest.mark.parametrize("negative", [False, True])
def test_a_picture_in_mnists_form_stays_as_it_is(negative: bool) -> None:
    picture = np.repeat(PLAIN[..., None], 3, axis=2)
    assert np.array_equal(only(read(255 - picture if negative else picture)).picture, PLAIN)


def test_a_clear_slant_is_lessened_and_a_small_one_kept() -> None:
    def leaning(by: float) -> Reading:
        matrix = np.array([[1, -by, by * 170], [0, 1, 0]], np.float32)
        picture = write(sheet(300, 300), "1", 120, 220)
        return read(cv2.warpAffine(picture, matrix, (300, 300), borderValue=PAPER).astype(np.uint8))

    names = [[stage.name for stage in leaning(by).stages] for by in (0.1, 0.5)]
    assert "upright" not in names[0]
    assert "upright" in names[1]


def test_a_digit_in_two_strokes_is_one() -> None:
    picture = sheet(300, 300)
    cv2.polylines(picture, [np.array([[110, 75], [105, 140], [160, 140], [175, 190], [110, 215]])], False, INK, 8)
    cv2.line(picture, (122, 62), (180, 60), INK, 8)
    found = only(read(picture))
    assert found.box.top < 62


def test_several_digits_are_read_in_order() -> None:
    picture = sheet(420, 640)
    for row, text in enumerate(("170", "42", "8653")):
        for column, digit in enumerate(text):  # the rows climb a little
            write(picture, digit, 40 + 140 * column, 120 + 130 * row - 6 * column, size=3.6, width=7)
    digits = read(picture).digits
    assert [found.line for found in digits] == [0, 0, 0, 1, 1, 2, 2, 2, 2]
    for line in range(3):
        lefts = [found.box.left for found in digits if found.line == line]
        assert lefts == sorted(lefts)


def test_a_box_is_where_the_ink_is_in_the_picture_as_given() -> None:
    for scale in (0.25, 1, 7):  # the last one is larger than what is worked on
        picture = cv2.resize(a_five(sheet(300, 300)), None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        assert scale < 7 or picture.shape[0] > WORKING_SIDE
        rows, columns = np.nonzero(picture[..., 0] < 128)
        box = only(read(picture.astype(np.uint8))).box
        ends = (box.left, box.top, box.left + box.width, box.top + box.height)
        true = (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
        assert np.abs(np.subtract(ends, true)).max() <= max(3, 3 * scale)


@pytest.mark.parametrize(
    ("picture", "word"),
    [
        (sheet(200, 300), "blank"),
        (grain(sheet(200, 300)), "writing"),
        (sheet(3, 4), "too small"),
        (sheet(50, 50, (0, 0, 0)), "blank"),
    ],
)
def test_a_picture_without_digits_says_so(picture: Colours, word: str) -> None:
    reading = read(picture)
    assert not reading.digits
    assert word in reading.problem


def test_what_may_be_no_digit_is_doubted() -> None:
    assert only(read(a_five(sheet(300, 300)))).doubt == ""
    blob, dash = sheet(300, 300), sheet(300, 300)
    cv2.circle(blob, (150, 150), 50, INK, -1)
    assert "blob" in only(read(blob)).doubt
    cv2.line(dash, (60, 150), (240, 150), INK, 8)
    assert "wider" in only(read(dash)).doubt
    assert "border" in only(read(a_five(sheet(300, 300))[:, 160:])).doubt


def test_a_digit_that_touches_the_border_is_not_doubted() -> None:
    picture = a_five(sheet(300, 300))
    rows, columns = np.nonzero(picture[..., 0] < 128)
    assert only(read(picture[rows.min() :])).doubt == ""
    assert only(read(picture[:, : columns.max() + 1])).doubt == ""


@pytest.mark.parametrize("margin", [0, 2, 6])
@pytest.mark.parametrize("digit", "0123456789")
def test_a_digit_that_was_cut_out_closely_is_read_as_with_paper_around_it(digit: str, margin: int) -> None:
    picture = write(sheet(300, 300), digit, 100, 220)
    rows, columns = np.nonzero(picture[..., 0] < 128)
    cut = picture[rows.min() - margin : rows.max() + 1 + margin, columns.min() - margin : columns.max() + 1 + margin]
    assert alike(only(read(cut)).picture, only(read(picture)).picture) > 0.8  # one pixel of 28 aside


@pytest.mark.parametrize(
    ("points", "width", "margin"),
    [
        ([[2, 3], [197, 3], [80, 297]], 3, 2),  # a 7
        ([[90, 2], [2, 200], [197, 200], [140, 200], [140, 110], [140, 297]], 4, 0),  # a 4
    ],
)
def test_a_thin_bar_from_side_to_side_is_no_printed_line(points: list[list[int]], width: int, margin: int) -> None:
    paper = sheet(300 + 2 * margin, 200 + 2 * margin)
    digit = cv2.polylines(paper, [margin + np.array(points, np.int32)], False, INK, width, cv2.LINE_AA)
    with_paper = cv2.copyMakeBorder(digit, 60, 60, 60, 60, cv2.BORDER_CONSTANT, value=PAPER)
    assert alike(only(read(digit.astype(np.uint8))).picture, only(read(with_paper.astype(np.uint8))).picture) > 0.88


def test_a_one_as_tall_as_its_picture_is_no_printed_line() -> None:
    picture = sheet(300, 300)
    cv2.line(picture, (150, 15), (150, 285), INK, 3)
    assert only(read(picture)).box.height > 265


def test_an_angular_zero_is_no_empty_box() -> None:
    picture = sheet(300, 300)
    cv2.rectangle(picture, (100, 60), (200, 240), INK, 8)
    assert only(read(picture)).doubt == ""


def test_a_blotted_digit_of_a_row_is_read_too() -> None:
    picture = write(write(sheet(300, 500), "1", 30, 220), "1", 380, 220)
    cv2.circle(picture, (240, 130), 34, INK, -1)
    cv2.line(picture, (268, 120), (250, 220), INK, 9)
    assert len(read(picture).digits) == 3


def test_every_stage_can_be_looked_at() -> None:
    stages = read(shadow(a_five(sheet(300, 900)))).stages
    assert [stage.name for stage in stages] == [
        "given", "paper", "flattened", "ink", "found", "cut", "strokes", "fitted", "centred",
    ]  # fmt: skip
    assert [stage.digit for stage in stages] == [None] * 5 + [0] * 4
    for stage in stages:
        assert stage.pixels.dtype == np.uint8
        assert stage.pixels.ndim == 2
        assert max(stage.pixels.shape) <= 400
        assert stage.title
        assert stage.says.endswith(".")
    assert "900 by 300" in stages[0].says


def test_what_was_left_out_is_greyer() -> None:
    shown = {stage.name: stage.pixels for stage in read(frame(a_five(sheet(300, 300)))).stages}["found"]
    assert shown[13, 150] == 190
    assert shown.min() == 0


@settings(max_examples=60, deadline=None, derandomize=True)
@given(data=st.data())
def test_no_picture_raises(data: st.DataObject) -> None:
    height, width = data.draw(st.integers(1, 120)), data.draw(st.integers(1, 120))
    random = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
    share = data.draw(st.floats(0, 1))
    kind = data.draw(st.sampled_from(("noise", "dots", "columns", "one")))
    picture = {
        "noise": random.integers(0, 256, (height, width, 3)),
        "dots": np.where(random.random((height, width, 1)) < share, 255, 0) * np.ones((1, 1, 3)),
        "columns": random.integers(0, 256, (1, width, 3)) * np.ones((height, 1, 1)),
        "one": np.full((height, width, 3), int(share * 255)),
    }[kind].astype(np.uint8)
    reading = read(picture)
    assert bool(reading.digits) != bool(reading.problem)
    for found in reading.digits:
        left, top, across, down = found.box
        assert found.picture.shape == (28, 28)
        assert found.picture.any()
        assert 0 <= left < left + across <= width
        assert 0 <= top < top + down <= height


def test_the_same_picture_is_read_the_same() -> None:
    picture = shadow(a_five(sheet(300, 300)))
    assert np.array_equal(only(read(picture)).picture, only(read(picture)).picture)


def test_a_thin_frame_along_the_border_is_not_the_paper() -> None:
    picture = a_five(sheet(500, 500, (255, 255, 255)))
    for width in (1, 2, 6):
        cv2.rectangle(picture, (0, 0), (499, 499), (0, 0, 0), 2 * width - 1)
        assert alike(only(read(picture)).picture, PLAIN) > 0.95


def test_stages_speak_in_sentences_with_one_and_many() -> None:
    one = {stage.name: stage.says for stage in read(a_five(sheet(300, 300))).stages}
    assert one["ink"].endswith("in 1 connected part.")
    assert one["found"].startswith("1 digit was found")
    two = {stage.name: stage.says for stage in read(write(a_five(sheet(300, 300)), "1", 10, 220)).stages}
    assert two["ink"].endswith("in 2 connected parts.")
    assert two["found"].startswith("2 digits were found")
