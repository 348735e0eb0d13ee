"""The schema beside the front end's sources is the one that the messages have now."""

from app.protocol_schema import SCHEMA_FILE, schema_text, wire_schema


def test_the_schema_file_is_fresh() -> None:
    assert SCHEMA_FILE.read_text(encoding="utf-8") == schema_text(), "run `make protocol`"


def test_answers_have_all_their_fields() -> None:
    """Pages may rely on fields with a default: the server always sends them."""
    error = wire_schema()["$defs"]["Error"]
    assert set(error["required"]) == set(error["properties"])


def test_requests_may_leave_out_what_has_a_default() -> None:
    assert set(wire_schema()["$defs"]["Open"]["required"]) == {"seq", "type", "scene"}
