"""Examples of Splunk's own documentation for the functions of eval: Search Reference 10.0, the page named with each."""

import pytest

from standin.environment import Row
from standin.language.errors import SearchError
from standin.language.evaluate import compile_expression
from standin.values.multivalue import as_text
from unit.standin.searching import NOW, MemoryEnvironment

PONIES = ["buttercup", "dash", "flutter", "honey", "ivory", "minty", "pinky", "rarity"]
NAMES = ["alex", "celestino", "claudia", "david", "ikraam", "nyah", "rutherford", "wei"]
CITIES = (
    '[{"name":"London","Bridges":[{"name":"Tower Bridge","length":801},{"name":"Millennium Bridge","length":1066}]},'
    '{"name":"San Francisco","Bridges":[{"name":"Golden Gate Bridge","length":8981}]}]'
)
ROW: Row = {
    "names": NAMES,
    "ponies": PONIES,
    "cities": CITIES,
    "date": "1/14/2023",
    "results": ["1", "2", "3"],
    "threshold": "10",
    "hosts": ["h1", "h2"],
    "ports": ["80", "443"],
    "emails": ["a@x.net", "b@x.com", "c@x.org"],
    "numbers": ["10", "9", "70", "100"],
    "errors": ["ok", "err42", "err7"],
    "status": "404",
    "clientip": "203.0.113.255",
    "gamelist": '["Pandemic","Castle Panic"]',
    "splunk_path": '{"system.splunk.path":"/opt/splunk/"}',
    "record": '{"name":"maria","age":25,"status":"full-time"}',
    "celsius": " 21 ",
    "bad": "somedata",
    "empty": "",
}
Vector = tuple[str, str | list[str] | None]

VECTORS: dict[str, list[Vector]] = {
    "text functions": [
        ('len("buttercup")', "9"),
        ('length("dash")', "4"),
        ('ltrim(" ZZZZabcZZ ", " Z")', "abcZZ "),
        ('rtrim(" ZZZZabcZZ ", " Z")', " ZZZZabc"),
        ('trim(" ZZZZabcZZ ", " Z")', "abc"),
        ('replace(date, "^(\\d{1,2})/(\\d{1,2})/", "\\2/\\1/")', "14/1/2023"),
        ('substr("string", 1, 3) + substr("string", -3)', "string"),
        ('upper("name")', "NAME"),
        ("upper(hosts)", ["H1", "H2"]),
        ('lower("NAME")', "name"),
        ("len(hosts)", None),
        ('urldecode("http%3A%2F%2Fwww.splunk.com%2Fdownload%3Fr%3Dheader")', "http://www.splunk.com/download?r=header"),
        ('spath(record, "age")', "25"),
    ],
    "conversion functions": [
        ('ipmask("255.255.255.0", "10.20.30.120")', "10.20.30.0"),
        ('ipmask("0.255.0.224", "10.20.30.120")', "0.20.0.96"),
        ('printf("%c,%c", 65, "Foo")', "A,F"),
        ('printf("%d,%i,%d", -2, +4, 30)', "-2,4,30"),
        ('printf("%.2e", 5139)', "5.14e+03"),
        ('printf("%.2f", pi())', "3.14"),
        ('printf("%.2g,%.2g", pi(), 123)', "3.1,1.2e+02"),
        ('printf("%o", 255)', "377"),
        ('printf("%s%z", "foo", "bar")', "foobar"),
        ('printf("%u", 99)', "99"),
        ('printf("%x,%X,%p", 10, 10, 10)', "a,A,A"),
        ('printf("100%%")', "100%"),
        ("printf(\"%'d\", 12345)", "12,345"),
        ('printf("%04d", 1)', "0001"),
        ('printf("%#x", 1)', "0x1"),
        ('printf("%.*f", 1, 1.23)', "1.2"),
        ('printf("%*d", 5, 123)', "  123"),
        ('tonumber("0A4", 16)', "164"),
        ('tonumber("0101", 2)', "5"),
        ("tonumber(trim(celsius))", "21"),
        ("tonumber(celsius)", None),
        ('tostring(1==1) + " " + tostring(15, "hex") + " " + tostring(12345.6789, "commas")', "True 0xF 12,345.68"),
        ('tostring(615, "duration")', "00:10:15"),
        ('tostring(9, "binary")', "1001"),
    ],
    "mathematical functions": [
        ("ceil(1.9)", "2"),
        ("ceiling(1.9)", "2"),
        ("floor(1.9)", "1"),
        ("round(3.5)", "4"),
        ("round(2.555, 2)", "2.56"),
        ("sqrt(9)", "3"),
        ("1.00*1111", "1111"),
        ("sigfig(1.00*1111)", "1110"),
        ("123.0+4.567", "127.6"),
        ("sum(1, 2, 3)", "6"),
        ('sum(1, 2, tonumber("3"))', "6"),
        ("sum(bad, 2, 3)", "5"),
        ("abs(-5)", "5"),
        ("log(8, 2)", "3"),
    ],
    "comparison and conditional functions": [
        ('case(status==200, "OK", status==404, "Not found", status==500, "Internal Server Error")', "Not found"),
        ('case(status==200, "OK")', None),
        ('if(cidrmatch("192.0.2.0/24", "192.0.3.0"), "true", "false")', "false"),
        ('if(cidrmatch("192.0.2.0/24", "192.0.2.56"), "true", "false")', "true"),
        (
            'if(cidrmatch("2001:0db8:ffff:ffff:ffff:ffff:ffff:ff00/120", "2001:0db8:ffff:ffff:ffff:ffff:ffff:ff99"),'
            ' "true", "false")',
            "true",
        ),
        ("coalesce(missing, clientip)", "203.0.113.255"),
        ('if(in(status, "404", "500", "503"), "true", "false")', "true"),
        ('if(status in("400", "401"), "true", "false")', "false"),
        ('if("203.0.113.255" in(missing, clientip), "true", "false")', "true"),
        ('if(like("foobar", "foo%"), "yes a foo", "not a foo")', "yes a foo"),
        ('if(like(clientip, "198.%"), "yes", "no")', "no"),
        ('if(clientip LIKE "203.0.113.25_", "yes", "no")', "yes"),
    ],
    "multivalue eval functions": [
        ('mvappend("localhost", clientip)', ["localhost", "203.0.113.255"]),
        ('mvappend(mvappend("localhost", clientip), "192.168.1.1")', ["localhost", "203.0.113.255", "192.168.1.1"]),
        ("mvcount(names)", "8"),
        ("mvcount(status)", "1"),
        ("mvcount(missing)", None),
        ('mvfilter(match(emails, "\\.net$") OR match(emails, "\\.org$"))', ["a@x.net", "c@x.org"]),
        ('mvfind(errors, "err\\d+")', "1"),
        ('mvfind(errors, "nothing")', None),
        ("mvindex(names, 2)", "claudia"),
        ("mvindex(names, 0, 3)", ["alex", "celestino", "claudia", "david"]),
        ("mvindex(ponies, -1)", "rarity"),
        ("mvindex(ponies, -3)", "minty"),
        ("mvindex(ponies, -3, -1)", ["minty", "pinky", "rarity"]),
        ("mvindex(ponies, 20)", None),
        ('mvjoin(mvrange(1, 6), " OR ")', "1 OR 2 OR 3 OR 4 OR 5"),
        ("mvmap(results, results*10)", ["10", "20", "30"]),
        ("mvmap(results, results*threshold)", ["10", "20", "30"]),
        ("mvmap(mvindex(results, 1, 2), results*threshold)", ["20", "30"]),
        ("mvrange(1, 11, 2)", ["1", "3", "5", "7", "9"]),
        ('mvindex(mvrange(1514834731, 1524134919, "7d"), 0, 2)', ["1514834731", "1515439531", "1516044331"]),
        ('mvreverse(split("1,2,3", ","))', ["3", "2", "1"]),
        ("mvsort(numbers)", ["10", "100", "70", "9"]),
        ("mvzip(hosts, ports)", ["h1,80", "h2,443"]),
        ('mvzip(mvzip(hosts, ports, "|"), hosts, "|")', ["h1|80|h1", "h2|443|h2"]),
        ('mvdedup(mvappend("a", "b", "a"))', ["a", "b"]),
    ],
    "JSON functions": [
        ('json_object("name", "maria")', '{"name":"maria"}'),
        ('json_object("name", json_array("maria", "arun"))', '{"name":["maria","arun"]}'),
        ('json_object("boardgames", json_object("cooperative", gamelist))',
         '{"boardgames":{"cooperative":["Pandemic","Castle Panic"]}}'),
        ('json_array("dubois", json_object("name", "patel"))', '["dubois",{"name":"patel"}]'),
        ('json_append(json_object("ponylist", json_array("Minty")), "ponylist", "Fluttershy")',
         '{"ponylist":["Minty","Fluttershy"]}'),
        ('json_append("{\\"l\\":[\\"a\\"]}", "l", json_array("d", "e"))', '{"l":["a",["d","e"]]}'),
        ('json_extend("{\\"l\\":[\\"a\\"]}", "l", json_array("d", "e"))', '{"l":["a","d","e"]}'),
        ('json_array_to_mv(json_array("Buttercup", "Rarity"))', ["Buttercup", "Rarity"]),
        ('json_array_to_mv(json_array("Buttercup", "Rarity"), true())', ['"Buttercup"', '"Rarity"']),
        ('json_delete(record, "name", "status")', '{"age":25}'),
        ('json_delete("{\\"a\\":{\\"email\\":1,\\"office\\":2}}", "a.email")', '{"a":{"office":2}}'),
        ('json_entries("{\\"a\\": 1, \\"b\\": 2}")', '[{"key":"a","value":1},{"key":"b","value":2}]'),
        ('json_extract(cities, "{0}.name")', "London"),
        ('json_extract(cities, "{}.name")', '["London","San Francisco"]'),
        ('json_extract(cities, "{1}.Bridges{0}")', '{"name":"Golden Gate Bridge","length":8981}'),
        ('json_extract(cities, "{1}.Bridges{0}.length")', "8981"),
        ('json_extract(cities, "{}.Bridges{}.length")', "[801,1066,8981]"),
        ('json_extract(record, "name", "age")', '["maria",25]'),
        ('json_extract(splunk_path, "system.splunk.path")', None),
        ('json_extract_exact(splunk_path, "system.splunk.path")', "/opt/splunk/"),
        ('if(json_has_key_exact(record, "status"), "has key", "no key")', "has key"),
        ('if(json_has_key_exact("{\\"charlie.garcia\\":10}", "charlie.garcia"), "has key", "no key")', "has key"),
        ("json_keys(record)", '["name","age","status"]'),
        ("json_keys(cities)", None),
        ('json_set(record, "address.city", "Paris")',
         '{"name":"maria","age":25,"status":"full-time","address":{"city":"Paris"}}'),
        ('json_set("{\\"a\\":\\"b\\"}", "a.c", "d")', '{"a":"b"}'),
        ('json_set("{\\"l\\":[{\\"n\\":1},{\\"n\\":2}]}", "l{}.ok", true())',
         '{"l":[{"n":1,"ok":true},{"n":2,"ok":true}]}'),
        ('json_set_exact(json_object(), "system.splunk.path", "/opt/splunk")', '{"system.splunk.path":"/opt/splunk"}'),
        ('if(json_valid(record), "true", "false")', "true"),
        ('if(json_valid(bad), "true", "false")', "false"),
        ("json(bad)", None),
        ("mv_to_json_array(results)", '["1","2","3"]'),
        ("mv_to_json_array(results, true())", "[1,2,3]"),
    ],
    "statistical eval functions": [
        ('max(1, 3, 6, 7, "foo", bad)', "somedata"),
        ('min(1, 3, 6, 7, "foo", bad)', "1"),
        ("max(results)", "3"),
    ],
    "date and time functions": [
        ('strftime(1722470461, "%Y-%m-%dT%H:%M:%S.%Q")', "2024-08-01T00:01:01.000"),
        ('strftime(1722470461, "%F %T %z")', "2024-08-01 00:01:01 +0000"),
        ('relative_time(1722470461, "-1d@d")', "1722384000"),
        ('relative_time(1722470461, "@h-30m")', "1722468600"),
        ("now()", "1722470461"),
    ],
    "cryptographic functions, with the test vectors of RFC 1321 and FIPS 180": [
        ('md5("abc")', "900150983cd24fb0d6963f7d28e17f72"),
        ('sha1("abc")', "a9993e364706816aba3e25717850c26c9cd0d89d"),
        ('sha256("abc")', "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    ],
}  # fmt: skip
FLAT = [(page, text, expected) for page, vectors in VECTORS.items() for text, expected in vectors]

REFUSED = [
    ("conversion functions", 'tonumber("seven")'),
    ("mathematical functions", 'sum(1, 2, "3")'),
    ("mathematical functions", 'sum("somedata", 2, 3)'),
    ("multivalue eval functions", 'mvfilter(match(emails, "a") OR match(names, "b"))'),
]


@pytest.mark.parametrize(("page", "text", "expected"), FLAT, ids=[vector[1] for vector in FLAT])
def test_documented_value(page: str, text: str, expected: str | list[str] | None) -> None:
    """An expression gives what the page of the Search Reference says."""
    value = compile_expression(text).evaluate(ROW, MemoryEnvironment(now=NOW))

    assert (value if isinstance(value, list) else None if value is None else as_text(value)) == expected, page


@pytest.mark.parametrize(("page", "text"), REFUSED, ids=[vector[1] for vector in REFUSED])
def test_documented_refusal(page: str, text: str) -> None:
    """An expression that the page calls an error is one before running."""
    with pytest.raises(SearchError):
        compile_expression(text)
