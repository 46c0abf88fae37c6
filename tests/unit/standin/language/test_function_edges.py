"""What expressions give at their edges; each group names its page of the Search Reference, values by its definitions."""

import pytest

from standin.environment import Row
from standin.language.errors import SearchError
from standin.language.evaluate import compile_expression
from standin.values.multivalue import as_text
from unit.standin.searching import NOW, MemoryEnvironment

ROW: Row = {
    "n": "7",
    "neg": "-5",
    "f": "2.5",
    "word": "abc",
    "pattern": "a.c",
    "several": ["a", "b", "c"],
    "nums": ["3", "1", "2"],
    "_raw": "x",
}
VALUES: list[tuple[str, str | None]] = [
    # text functions: substr counts as SQLite does, whose page says what zero and too far are
    ('substr("hello", 0)', "hello"),
    ('substr("hello", 0, 2)', "h"),
    ('substr("hello", -9, 5)', "h"),
    # eval: a point after an operand joins, one before digits begins a number
    ("n.5", "75"),
    ("(n).5", "75"),
    ('"a".5', "a5"),
    ("n + .5", "7.5"),
    ("n .word", "7abc"),
    # json functions: a path that begins with an array
    ('json_extract("[1,2]", "{0}")', "1"),
    ('json_extract("[{\\"a\\":5}]", "{}.a")', "[5]"),
    ('json_extract("[{\\"a\\":5}]", "{0}.a")', "5"),
    ('json_extract("{\\"a\\":{\\"b\\":{\\"c\\":1}}}", "a.b.c")', "1"),
    # eval: OR and AND with null
    ("if(n=7 OR missing=1, 1, 0)", "1"),
    ("if(n=8 OR missing=1, 1, 0)", "0"),
    ("if(missing=1 OR n=7, 1, 0)", "1"),
    ("if(n=7 AND missing=1, 1, 0)", "0"),
    ("if(isnull(if(n=8 OR n=9, 1, null())), 1, 0)", "1"),
    # like with a pattern from a field
    ('if(like(word, pattern), 1, 0)', "0"),
    ('if(like(n, n), 1, 0)', "1"),
    # json functions: what a value becomes in JSON
    ('json_object("a", "true", "b", "{\\"c\\":1}", "d", "x", "e", "1.0", "f", "[1]")', '{"a":"true","b":"{\\"c\\":1}","d":"x","e":"1.0","f":"[1]"}'),
    # date and time: two digits of a year turn at 69, as POSIX has it
    ('strptime("69-06-15", "%y-%m-%d")', "-17280000.000000"),
    ('strptime("68-06-15", "%y-%m-%d")', "3106944000.000000"),
    ('strftime(86399.9999996, "%Y-%m-%d %H:%M:%S.%6N")', "1970-01-02 00:00:00.000000"),
    # text functions: substr
    ('substr("hello", 2, 3)', 'ell'),
    ('substr("hello", -3)', 'llo'),
    ('substr("hello", -3, 2)', 'll'),
    ('substr("hello", 1)', 'hello'),
    ('substr("hello", 6)', ''),
    ('substr(n, 1)', '7'),
    # conversion functions: tostring
    ('tostring(0, "hex")', '0x0'),
    ('tostring(-15, "hex")', '-0xF'),
    ('tostring(255, "hex")', '0xFF'),
    ('tostring(0, "duration")', '00:00:00'),
    ('tostring(90061, "duration")', '1+01:01:01'),
    ('tostring(0, "commas")', '0'),
    ('tostring(999, "commas")', '999'),
    ('tostring(1000, "commas")', '1,000'),
    # conversion functions: tonumber
    ('tonumber("0x1F", 16)', '31'),
    ('tonumber("1F", 16)', '31'),
    ('tonumber("-ff", 16)', '-255'),
    ('tonumber("777", 8)', '511'),
    ('tonumber("101", 2)', '5'),
    ('tonumber("zz", 36)', '1295'),
    # text functions: replace, groups of a regular expression
    ('replace("a1b2", "(\\w)(\\d)", "\\2\\1")', '1a2b'),
    ('replace("aXbX", "X", "")', 'ab'),
    ('replace("abc", "(z)?b", "[\\1]")', 'a[]c'),
    # mathematical functions: round, half away from zero
    ('round(12.5)', '13'),
    ('round(-2.5)', '-3'),
    ('round(1234.5678, -2)', '1200'),
    ('round(5, 0)', '5'),
    ('round(2.45, 1)', '2.5'),
    # bitwise functions: bit_shift_left, bit_shift_right
    ('bit_shift_right(8, 3)', '1'),
    ('bit_shift_left(1, 0)', '1'),
    ('bit_shift_right(1, 1)', '0'),
    ('bit_shift_right(5, 0)', '5'),
    # multivalue functions: mvindex
    ('mvindex(several, 0)', 'a'),
    ('mvindex(several, 1, 2)', 'b\nc'),
    ('mvindex(several, 0, -1)', 'a\nb\nc'),
    ('mvindex(several, -2, -1)', 'b\nc'),
    ('mvindex(several, 1, 3)', None),
    ('mvindex(several, 3)', None),
    ('mvindex(several, -4)', None),
    ('mvindex(several, 0, 0)', 'a'),
    ('mvindex(several, -1, 0)', None),
    # multivalue functions: mvrange
    ('mvrange(1, 5)', '1\n2\n3\n4'),
    ('mvrange(1, 5, 2)', '1\n3'),
    ('mvrange(5, 1, -2)', '5\n3'),
    ('mvrange(1, 1)', None),
    ('mvrange(1, 5, 0)', None),
    ('mvrange(0, 1, 0.5)', '0\n0.5'),
    ('mvrange(missing, 3)', None),
    ('mvrange(1, missing)', None),
    ('mvrange(1, 5, missing)', None),
    # multivalue functions
    ('mvsort(nums)', '1\n2\n3'),
    ('mvdedup(split("a,b,a", ","))', 'a\nb'),
    ('mvfind(several, "b")', '1'),
    ('mvfind(several, "z")', None),
    ('mvcount(several)', '3'),
    ('mvcount(missing)', None),
    ('mvcount(word)', '1'),
    ('mvfilter(match(several, "[ac]"))', 'a\nc'),
    ('mvjoin(several, ";")', 'a;b;c'),
    ('mvzip(several, nums)', 'a,3\nb,1\nc,2'),
    ('mvzip(several, nums, "-")', 'a-3\nb-1\nc-2'),
    ('mvappend(several, word)', 'a\nb\nc\nabc'),
    ('mvreverse(several)', 'c\nb\na'),
    ('mvmap(several, several."!")', 'a!\nb!\nc!'),
    ('split("a,,b", ",")', 'a\n\nb'),
    # eval: operators
    ('7 % 3', '1'),
    ('-7 % 3', '-1'),
    ('7.5 % 2', '1.5'),
    ('7 % 0', None),
    ('n / 2', '3.5'),
    ('n / 0', None),
    ('6 / 3', '2'),
    ('n * 2', '14'),
    ('2 - n', '-5'),
    ('1 + missing', None),
    ('n . word', '7abc'),
    ('word . missing', None),
    ('n . 1', '71'),
    # eval: comparisons and XOR
    ('if(true() XOR false(), 1, 0)', '1'),
    ('if(true() XOR true(), 1, 0)', '0'),
    ('if(n=7 XOR n=8, 1, 0)', '1'),
    ('if(n=7 XOR missing=1, 1, 0)', '0'),
    ('if(n>6 AND n<8, 1, 0)', '1'),
    ('if(n>7, 1, 0)', '0'),
    ('if(n>=7, 1, 0)', '1'),
    ('if(n<7, 1, 0)', '0'),
    ('if(n<=7, 1, 0)', '1'),
    ('if(n!=7, 1, 0)', '0'),
    ('if(word<"abd", 1, 0)', '1'),
    ('if(word>"abc", 1, 0)', '0'),
    ('if(word>="abc", 1, 0)', '1'),
    ('if(several="b", 1, 0)', '1'),
    ('if(several="z", 1, 0)', '0'),
    ('if(NOT n=7, 1, 0)', '0'),
    ('if(n IN (1, 7), 1, 0)', '1'),
    ('if(word LIKE "a%", 1, 0)', '1'),
    ('if(NOT word LIKE "b%", 1, 0)', '1'),
    # comparison functions: like, match, in
    ('if(like(word, "_b_"), 1, 0)', '1'),
    ('if(like(word, "_b"), 1, 0)', '0'),
    ('if(like(word, missing), 1, 0)', '0'),
    ('if(match(word, pattern), 1, 0)', '1'),
    ('if(match(word, missing), 1, 0)', '0'),
    ('if(cidrmatch("10.0.0.0/8", "10.1.1.1"), 1, 0)', '1'),
    ('if(in(word, "x", "abc"), 1, 0)', '1'),
    ('if(in(missing, "x"), 1, 0)', '0'),
    # comparison functions: case, coalesce, nullif, validate; informational functions
    ('case(n=1, "a", n=7, "b", n=7, "c")', 'b'),
    ('case(n=1, "a")', None),
    ('coalesce(missing, n, word)', '7'),
    ('coalesce(missing)', None),
    ('nullif(n, "7")', None),
    ('nullif(n, missing)', '7'),
    ('validate(n=7, "x")', None),
    ('if(isnum(n), 1, 0)', '1'),
    ('if(isnum(word), 1, 0)', '0'),
    ('if(isint(f), 1, 0)', '0'),
    ('if(isstr(missing), 1, 0)', '0'),
    # text functions, conversion functions: printf; cryptographic functions
    ('len("abc")', '3'),
    ('len("")', '0'),
    ('lower("AbC")', 'abc'),
    ('upper("aBc")', 'ABC'),
    ('trim("  a ")', 'a'),
    ('ltrim("xxa", "x")', 'a'),
    ('rtrim("axx", "x")', 'a'),
    ('trim("xax", "x")', 'a'),
    ('urldecode("a%20b%2")', 'a b%2'),
    ('printf("%5d;%-5s;%05.1f", 42, "ab", 3.14159)', '   42;ab   ;003.1'),
    ('printf("%x", 255)', 'ff'),
    ('printf("%+d", 5)', '+5'),
    ('printf("%%")', '%'),
    ('md5("a")', '0cc175b9c0f1b6a831c399e269772661'),
    ('sha1("a")', '86f7e437faa5a7fce15d1ddcb9eaeaea377667b8'),
    ('sha256("a")', 'ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb'),
    # mathematical functions; statistical eval functions
    ('abs(neg)', '5'),
    ('ceiling(f)', '3'),
    ('floor(f)', '2'),
    ('floor(-2.5)', '-3'),
    ('ceiling(-2.5)', '-2'),
    ('sqrt(16)', '4'),
    ('ln(1)', '0'),
    ('log(100)', '2'),
    ('log(8, 2)', '3'),
    ('log(0)', None),
    ('pow(2, 10)', '1024'),
    ('sigfig(1.00*1111)', '1110'),
    ('max(1, n, 3)', '7'),
    ('min(1, neg)', '-5'),
    ('max("a", 1)', 'a'),
    ('min(word, "b")', 'abc'),
    ('sum(1, 2, n)', '10'),
    ('avg(1, 2, 3)', '2'),
    ('sum(word)', None),
    ('avg(word)', None),
    # date and time functions, time format variables
    ('strftime(0, "%y %m %d %H %M %S %p %I %j %a %b")', '70 01 01 00 00 00 AM 12 001 Thu Jan'),
    ('strptime("70-01-02", "%y-%m-%d")', '86400.000000'),
    ('strptime("69-01-02", "%y-%m-%d")', '-31449600.000000'),
    ('strptime("68-01-02", "%y-%m-%d")', '3092688000.000000'),
    ('strptime("Thu 1970-01-01", "%a %Y-%m-%d")', '0.000000'),
    ('strptime("Xxx 1970-01-01", "%a %Y-%m-%d")', None),
    ('strptime("1970-01-01 00:00:00.5", "%Y-%m-%d %H:%M:%S.%1N")', '0.500000'),
    ('relative_time(0, "+1d@d")', '86400'),
    ('relative_time(0, "nope")', None),
    ('strptime("1.5", "%s.%1N")', '1.500000'),
    ('strptime("10 5 1970", "%d %m %Y")', '11145600.000000'),
    ('strptime("1970-01-01 +0530", "%Y-%m-%d %z")', '-19800.000000'),
    ('strptime("1970-01-01 -01:00", "%Y-%m-%d %z")', '3600.000000'),
    # JSON functions
    ('json_object("a", 1, "b", "x")', '{"a":1,"b":"x"}'),
    ('json_array(1, "x", true())', '[1,"x",true]'),
    ('json_extract("{\\"a\\":[{\\"b\\":1},{\\"b\\":2}]}", "a{}.b")', '[1,2]'),
    ('json_extract("{\\"a\\":[1,2]}", "a{0}")', '1'),
    ('json_extract("{\\"a\\":[1,2]}", "a{1}")', '2'),
    ('json_extract("{\\"a\\":[1,2]}", "a{2}")', None),
    ('json_keys("{\\"a\\":1,\\"b\\":2}")', '["a","b"]'),
    ('json_set("{\\"a\\":[1,2]}", "a{0}", 9)', '{"a":[9,2]}'),
    ('json_set("{\\"a\\":[1,2]}", "a{2}", 9)', '{"a":[1,2]}'),
    ('json_set("{}", "a.b", 1)', '{"a":{"b":1}}'),
    ('json_append("{\\"a\\":[1]}", "a", 2)', '{"a":[1,2]}'),
    ('json_delete("{\\"a\\":1,\\"b\\":2}", "a")', '{"b":2}'),
    ('json_extend("{\\"a\\":[1]}", "a", json_array(2,3))', '{"a":[1,2,3]}'),
    ('json_array_to_mv("[1,\\"x\\"]")', '1\nx'),
    ('mv_to_json_array(several)', '["a","b","c"]'),
    ('mv_to_json_array(nums, true())', '[3,1,2]'),
    ('spath("{\\"a\\":{\\"b\\":5}}", "a.b")', '5'),
    ('json_object("n", n)', '{"n":7}'),
    ('json_extract_exact("{\\"a.b\\":1}", "a.b")', '1'),
    ('json_set("{\\"a\\":[1,2]}", "a{}", 9)', '{"a":[9,9]}'),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), VALUES, ids=[text for text, _ in VALUES])
def test_edge(text: str, expected: str | None) -> None:
    """An expression over one row gives this, or null."""
    value = compile_expression(text).evaluate(ROW, MemoryEnvironment(now=NOW))

    assert (None if value is None else as_text(value)) == expected


@pytest.mark.parametrize("text", ['tonumber("0x10", 10)', 'tonumber("8", 8)', 'tonumber("", 16)', '"5" * 2'])
def test_no_number(text: str) -> None:
    """A literal that is no number in its base is an error before anything is read."""
    with pytest.raises(SearchError):
        compile_expression(text)
