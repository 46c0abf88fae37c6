"""Commands, each with the page of the Search Reference or the measurement that says what it gives.

A vector is a search over made-up rows, the rows it gives (as texts, `_time` left out unless asked for), and its source.
"""

import pytest

from standin.environment import Row
from standin.language.search import run
from standin.values.multivalue import as_text
from unit.standin.searching import NOW, MemoryEnvironment, TableLookup

EVENTS: list[Row] = [
    {"_raw": "e1", "_time": NOW - 10, "host": "a", "user": "bob", "bytes": "10", "status": "200"},
    {"_raw": "e2", "_time": NOW - 20, "host": "b", "user": "eve", "bytes": "20", "status": "404"},
    {"_raw": "e3", "_time": NOW - 30, "host": "a", "user": "bob", "bytes": "30"},
    {"_raw": "e4", "_time": NOW - 40, "host": "a", "user": "eve", "bytes": "40", "status": "200"},
]
LOOKUPS = {
    "teams": TableLookup(["user", "team"], [{"user": "bob", "team": "red"}, {"user": "bob", "team": "blue"}]),
}
MADE = "| makeresults count=3 | streamstats count as n"
SHIFTS = '| makeresults | eval shift=split("DAY,DAY,NIGHT,NIGHT,NIGHT,NIGHT,DAY,NIGHT", ",") | mvexpand shift'
DAYS = (
    '| makeresults | eval Day=split("Friday,Monday,Tuesday,Weekend", ",") | mvexpand Day | eval wd=lower(Day)'
    ' | eval sort_field=case(wd=="monday",1, wd=="tuesday",2, wd=="friday",5, wd=="weekend",6)'
)
Rows = list[dict[str, str | list[str]]]
Vector = tuple[str, Rows, str]

VECTORS: list[Vector] = [
    # stats and its family
    ("* | stats count", [{"count": "4"}], "Search Reference, stats"),
    ("* | stats count by host", [{"host": "a", "count": "3"}, {"host": "b", "count": "1"}], "Search Reference, stats"),
    (
        "* | stats count by status",
        [{"status": "200", "count": "2"}, {"status": "404", "count": "1"}],
        "spl 2.3: rows without a BY field are in no group",
    ),
    ("* | stats count(status)", [{"count(status)": "3"}], "Search Reference, aggregate functions: count"),
    ("* | stats count(eval(status=404)) AS bad", [{"bad": "1"}], "Search Reference, stats: eval expressions"),
    ("* | stats dc(host) values(host) list(user)", [
        {"dc(host)": "2", "values(host)": ["a", "b"], "list(user)": ["bob", "eve", "bob", "eve"]}
    ], "Search Reference, multivalue stats and chart functions"),
    ("* | stats sum(bytes) avg(bytes) min(bytes) max(bytes) range(bytes)", [
        {"sum(bytes)": "100", "avg(bytes)": "25", "min(bytes)": "10", "max(bytes)": "40", "range(bytes)": "30"}
    ], "Search Reference, aggregate functions"),
    ("* | stats first(bytes) last(bytes) earliest(bytes) latest(bytes)", [
        {"first(bytes)": "10", "last(bytes)": "40", "earliest(bytes)": "40", "latest(bytes)": "10"}
    ], "Search Reference, event order functions and time functions"),
    ("* | stats median(bytes)", [{"median(bytes)": "30"}], "spl 2b: the higher of two"),
    ("| makeresults | eval x=mvrange(1, 11) | stats perc50(x) p95(x)", [{"perc50(x)": "5.5", "p95(x)": "9.55"}], "spl 2b"),
    ('| makeresults | eval x=split("1,a,3", ",") | stats max(x)', [{"max(x)": "3"}], "splunk-measured 6 ST"),
    ('| makeresults | eval x="" | stats values(x) as v', [{"v": ""}], "splunk-measured 6 ST"),
    ("* | stats sum(missing)", [], "spl 2b: nothing computable gives no row"),
    ("* | stats count sum(missing)", [{"count": "4"}], "spl 2b: an aggregate with nothing to compute writes no field"),
    ('| makeresults | eval g=split("a,b", ",") | stats count by g', [
        {"g": "a", "count": "1"}, {"g": "b", "count": "1"}
    ], "spl 2.3: a multivalue is in one group for each value"),
    ("| makeresults count=100 | eval test=3.99 | stats avg(test)", [{"avg(test)": "3.9900000000000055"}],
     "Search Reference, mathematical functions: sigfig"),
    ("| makeresults count=5 | streamstats count | eval _time=_time-(count*3600) | eval field1=20-count"
     " | stats first(field1) last(field1)", [{"first(field1)": "19", "last(field1)": "15"}],
     "Search Reference, event order functions"),
    ("* | eventstats sum(bytes) as total by host | table host total", [
        {"host": "a", "total": "80"}, {"host": "b", "total": "20"}, {"host": "a", "total": "80"}, {"host": "a", "total": "80"}
    ], "Search Reference, eventstats"),
    (f"{MADE} | table n", [{"n": "1"}, {"n": "2"}, {"n": "3"}], "Search Reference, streamstats"),
    (f"{MADE} | streamstats current=f count sum(n) as s | table count s", [
        {"count": "0"}, {"count": "1", "s": "1"}, {"count": "2", "s": "3"}
    ], "spl 2b: the first row has count 0 and no sum"),
    ("* | streamstats sum(bytes) as s by host window=2 global=f | table host s", [
        {"host": "a", "s": "10"}, {"host": "b", "s": "20"}, {"host": "a", "s": "40"}, {"host": "a", "s": "70"}
    ], "Search Reference, streamstats: a window for each group"),
    ("* | streamstats count by status | table status count", [
        {"status": "200", "count": "1"}, {"status": "404", "count": "1"}, {}, {"status": "200", "count": "2"}
    ], "spl 2b: a row without the BY field is left alone"),
    ("* | sort 0 _time | streamstats time_window=20s count | table bytes count", [
        {"bytes": "40", "count": "1"}, {"bytes": "30", "count": "2"}, {"bytes": "20", "count": "2"}, {"bytes": "10", "count": "2"}
    ], "spl 2b: the far edge of time_window is open"),
    (f"{SHIFTS} | streamstats count BY shift reset_on_change=true | table shift count", [
        {"shift": "DAY", "count": "1"}, {"shift": "DAY", "count": "2"}, {"shift": "NIGHT", "count": "1"},
        {"shift": "NIGHT", "count": "2"}, {"shift": "NIGHT", "count": "3"}, {"shift": "NIGHT", "count": "4"},
        {"shift": "DAY", "count": "1"}, {"shift": "NIGHT", "count": "1"},
    ], "Search Reference, streamstats: the reset_on_change argument"),
    ('| makeresults count=3 | streamstats count | eval test=if(count==2,"yes","no")'
     ' | streamstats count as testCount reset_after="("match(test,\\"yes\\")")" | table testCount', [
        {"testCount": "1"}, {"testCount": "2"}, {"testCount": "1"}
    ], "Search Reference, streamstats: escaping string values"),
    # columns and rows
    ("* | head 2 | fields user bytes", [
        {"_raw": "e1", "user": "bob", "bytes": "10"}, {"_raw": "e2", "user": "eve", "bytes": "20"}
    ], "Search Reference, fields: internal fields stay"),
    ("* | head 1 | fields - _*", [{"host": "a", "user": "bob", "bytes": "10", "status": "200"}], "Search Reference, fields"),
    ("* | tail 2 | table bytes", [{"bytes": "40"}, {"bytes": "30"}], "Search Reference, tail: in reverse"),
    ("* | head (bytes<25) | table bytes", [{"bytes": "10"}, {"bytes": "20"}], "Search Reference, head"),
    ("* | head (bytes<25) keeplast=true | table bytes", [{"bytes": "10"}, {"bytes": "20"}, {"bytes": "30"}],
     "Search Reference, head"),
    ("* | reverse | head 1 | table bytes", [{"bytes": "40"}], "Search Reference, reverse"),
    ("* | table nothing", [], "spl 2b: table of only unknown fields gives no rows"),
    ("* | convert num(user) as m | table m", [{}, {}, {}, {}], "splunk-measured 6 PC: the field was declared"),
    ("* | rename missing AS user | head 1 | table user bytes", [{"bytes": "10"}], "spl 2b: rename clears the target"),
    ("* | head 1 | rename u* AS x_* | table x_*", [{"x_ser": "bob"}], "Search Reference, rename: wildcards"),
    ("* | fillnull value=NONE status | stats count by status", [
        {"status": "200", "count": "2"}, {"status": "404", "count": "1"}, {"status": "NONE", "count": "1"}
    ], "Search Reference, fillnull"),
    ("* | table bytes status | fillnull | tail 2 | table status", [{"status": "200"}, {"status": "0"}],
     "Search Reference, fillnull: 0 without a value"),
    ("* | filldown status | table status", [{"status": "200"}, {"status": "404"}, {"status": "404"}, {"status": "200"}],
     "Search Reference, filldown"),
    # order and repetition
    ("* | sort -bytes | head 1 | table bytes", [{"bytes": "40"}], "Search Reference, sort"),
    ("* | sort 1 -num(bytes) | table bytes", [{"bytes": "40"}], "Search Reference, sort: count"),
    ("* | sort host, -bytes | table host bytes", [
        {"host": "a", "bytes": "40"}, {"host": "a", "bytes": "30"}, {"host": "a", "bytes": "10"}, {"host": "b", "bytes": "20"}
    ], "Search Reference, sort"),
    ("* | sort limit=1 bytes desc | table bytes", [{"bytes": "40"}], "Search Reference, sort: desc"),
    ("* | sort - status | table status", [{"status": "404"}, {"status": "200"}, {"status": "200"}, {}],
     "Search Reference, sort: missing values come last when descending"),
    ("* | sort status | table status", [{"status": "200"}, {"status": "200"}, {"status": "404"}, {}],
     "Search Reference, sort: and when ascending"),
    ('| makeresults | eval ip=split("10.0.0.10,10.0.0.9,9.0.0.1", ",") | mvexpand ip | sort ip | table ip', [
        {"ip": "9.0.0.1"}, {"ip": "10.0.0.9"}, {"ip": "10.0.0.10"}
    ], "Search Reference, sort: addresses"),
    ('| makeresults | eval n=split("10,9,70,100", ",") | mvexpand n | sort str(n) | table n', [
        {"n": "10"}, {"n": "100"}, {"n": "70"}, {"n": "9"}
    ], "Search Reference, sort: lexicographical order"),
    (f"{DAYS} | sort sort_field | table Day", [
        {"Day": "Monday"}, {"Day": "Tuesday"}, {"Day": "Friday"}, {"Day": "Weekend"}
    ], "Search Reference, sort: extended example"),
    ("* | dedup host | table host bytes", [{"host": "a", "bytes": "10"}, {"host": "b", "bytes": "20"}],
     "Search Reference, dedup"),
    ("* | dedup 2 host | table bytes", [{"bytes": "10"}, {"bytes": "20"}, {"bytes": "30"}], "Search Reference, dedup: N"),
    ("* | dedup host sortby -bytes | table bytes", [{"bytes": "40"}, {"bytes": "20"}],
     "Search Reference, dedup: sortby decides which event stays"),
    ("* | dedup status | table status", [{"status": "200"}, {"status": "404"}], "Search Reference, dedup: null is dropped"),
    ("* | dedup status keepempty=true | table bytes", [{"bytes": "10"}, {"bytes": "20"}, {"bytes": "30"}],
     "Search Reference, dedup: keepempty"),
    ("* | dedup consecutive=true host | table bytes", [{"bytes": "10"}, {"bytes": "20"}, {"bytes": "30"}],
     "Search Reference, dedup: consecutive"),
    ("* | dedup host keepevents=true | table host bytes", [
        {"host": "a", "bytes": "10"}, {"host": "b", "bytes": "20"}, {"bytes": "30"}, {"bytes": "40"}
    ], "Search Reference, dedup: keepevents"),
    ("* | top host", [
        {"host": "a", "count": "3", "percent": "75.000000", "_tc": "4"}, {"host": "b", "count": "1", "percent": "25.000000", "_tc": "4"}
    ], "Search Reference, top; splunk-measured 6 SP"),
    ('| makeresults | eval location="Orlando Dallas Atlanta" | makemv location | mvexpand location'
     ' | eval user="Alex Kai Morgan" | makemv user | mvexpand user | top limit=1 location by user | fields - _tc', [
        {"user": "Alex", "location": "Orlando", "count": "1", "percent": "33.333333"},
        {"user": "Kai", "location": "Orlando", "count": "1", "percent": "33.333333"},
        {"user": "Morgan", "location": "Orlando", "count": "1", "percent": "33.333333"},
    ], "Search Reference, top: lexicographic order of results"),
    ("* | top 1 host by user showperc=f countfield=total | fields - _tc", [
        {"user": "bob", "host": "a", "total": "2"}, {"user": "eve", "host": "b", "total": "1"}
    ], "Search Reference, top: example 3"),
    ("* | rare 1 host showperc=f | fields - _tc", [{"host": "b", "count": "1"}], "Search Reference, rare"),
    # extraction
    ('| makeresults | eval test="a$1,b$2" | rex field=test max_match=0 "((?<field>[^$]*)\\$(?<value>[^,]*),?)"'
     " | table field value", [{"field": ["a", "b"], "value": ["1", "2"]}], "Search Reference, rex: max_match"),
    ('| makeresults | eval savedsearch_id="bob;search;my_saved_search"'
     ' | rex field=savedsearch_id "(?<user>\\w+);(?<app>\\w+);(?<SavedSearchName>\\w+)" | table user app SavedSearchName',
     [{"user": "bob", "app": "search", "SavedSearchName": "my_saved_search"}], "Search Reference, rex: example 3"),
    ('| makeresults | eval c="1234-5678-9012-3456" | rex field=c mode=sed "s/(\\d{4}-){3}/XXXX-XXXX-XXXX-/g" | table c',
     [{"c": "XXXX-XXXX-XXXX-3456"}], "Search Reference, rex: example 4"),
    ('| makeresults | eval search="src_ip=TERM( \\"10.8.2.33\\" ) OR src_ip=TERM( \\"172.17.154.197\\" )"'
     ' | rex mode=sed field=search "s/\\s\\"(\\d+\\.\\d+\\.\\d+\\.\\d+)\\"\\s/\\1/g" | table search',
     [{"search": "src_ip=TERM(10.8.2.33) OR src_ip=TERM(172.17.154.197)"}], "Search Reference, rex: example 5"),
    ('| makeresults | eval list="abcdefghijklmnopqrstuvwxyz" | rex offset_field=off field=list "(?<middle>fgh)"'
     " | table middle off", [{"middle": "fgh", "off": "middle=5-7"}], "Search Reference, rex: example 6"),
    ('| makeresults | eval x="hello" | rex field=x mode=sed "y/el/ip/" | table x', [{"x": "hippo"}], "Search Reference, rex: y"),
    ('* | regex user="^b" | table bytes', [{"bytes": "10"}, {"bytes": "30"}], "Search Reference, regex"),
    ('* | regex status!="^2" | table bytes', [{"bytes": "20"}, {"bytes": "30"}], "spl 2b: regex f!= takes rows without f"),
    ("* | search status!=200 | table bytes", [{"bytes": "20"}], "spl 2b: search f!= does not"),
    ('| makeresults | eval j="{\\"c\\":[1,2],\\"d\\":[{\\"e\\":3}]}" | spath input=j | table c{} d{}.e',
     [{"c{}": ["1", "2"], "d{}.e": "3"}], "splunk-measured 6 PC"),
    ('| makeresults | eval j="{\\"a\\":{\\"b\\":1}}" | spath input=j output=x path=a.b | table x', [{"x": "1"}],
     "Search Reference, spath"),
    # multivalues
    ('| makeresults | eval v="a,b" | makemv delim="," v | mvexpand v | table v', [{"v": "a"}, {"v": "b"}],
     "Search Reference, mvexpand"),
    ('| makeresults | eval v="one,two,three" | makemv tokenizer="([^,]+),?" v | table v', [{"v": ["one", "two", "three"]}],
     "Search Reference, makemv; multivalue eval functions: mvreverse"),
    ('| makeresults | eval v="a,,b" | makemv delim="," allowempty=t v | table v', [{"v": ["a", "", "b"]}],
     "Search Reference, makemv: allowempty"),
    ("* | mvexpand missing | stats count", [{"count": "4"}], "spl 2b: mvexpand of a missing field keeps rows"),
    ("* | table host | mvcombine host", [{"host": ["a", "b", "a", "a"]}], "Search Reference, mvcombine"),
    # spans
    ("| makeresults | eval x=mvrange(1, 5) | mvexpand x | bin x | table x", [
        {"x": "1-2"}, {"x": "2-3"}, {"x": "3-4"}, {"x": "4-5"}
    ], "splunk-measured 6 PC: default span over 1 to 4 is 1"),
    ("| makeresults | eval x=mvrange(1, 5) | mvexpand x | bin bins=2 x | stats count by x", [{"x": "0-10", "count": "4"}],
     "splunk-measured 6 PC: bins=2 rounds up to a power of ten"),
    ("| makeresults | eval x=mvrange(1, 5) | mvexpand x | bin minspan=3 x | stats count by x", [{"x": "0-10", "count": "4"}],
     "splunk-measured 6 PC: minspan=3 rounds up"),
    ("* | bin span=20 bytes | stats count by bytes", [
        {"bytes": "0-20", "count": "1"}, {"bytes": "20-40", "count": "2"}, {"bytes": "40-60", "count": "1"}
    ], "Search Reference, bin"),
    ("* | bin _time span=1m as m | eval m=strftime(m, \"%T\") | stats count by m", [
        {"m": "00:00:00", "count": "4"}
    ], "Search Reference, bin: time span"),
    ('* | stats delim=", " values(user) as u | nomv u', [{"u": "bob, eve"}], "Search Reference, stats: delim, nomv"),
    # charts
    ("* | chart count over host by user", [{"host": "a", "bob": "2", "eve": "1"}, {"host": "b", "bob": "0", "eve": "1"}],
     "Search Reference, chart"),
    ("* | chart count by host status", [
        {"host": "a", "200": "2", "404": "0", "NULL": "1"}, {"host": "b", "200": "0", "404": "1", "NULL": "0"}
    ], "Search Reference, chart: usenull"),
    ("* | chart limit=1 count by host user", [{"host": "a", "bob": "2", "OTHER": "1"}, {"host": "b", "bob": "0", "OTHER": "1"}],
     "Search Reference, chart: limit, useother; ties are broken lexicographically"),
    ("* | timechart span=30s count", [{"count": "1"}, {"count": "3"}], "Search Reference, timechart"),
    ("* | timechart span=30s sum(bytes) by user", [{"eve": "40"}, {"bob": "40", "eve": "20"}], "Search Reference, timechart"),
    # searches inside searches
    ("[search host=b | fields user] | table bytes", [{"bytes": "20"}, {"bytes": "40"}], "Search Manual, about subsearches"),
    ("* [search host=b | return user] | table bytes", [{"bytes": "20"}, {"bytes": "40"}], "Search Reference, return"),
    ("* | head 2 | return 2 user", [{"search": '(user="bob") OR (user="eve")'}], "Search Reference, return"),
    ("* | head 2 | return 2 $user", [{"search": "bob OR eve"}], "Search Reference, return: $"),
    ("* | head 2 | return 2 name=user", [{"search": '(name="bob") OR (name="eve")'}], "Search Reference, return: alias"),
    ("* | head 2 | fields user, host, bytes | format", [
        {"search": '( ( bytes="10" AND host="a" AND user="bob" ) OR ( bytes="20" AND host="b" AND user="eve" ) )'}
    ], "Search Reference, format: fields by name"),
    ('* | head 1 | fields user, host | format "[" "[" "&&" "]" "||" "]"', [{"search": '[ [ host="a" && user="bob" ] ]'}],
     "Search Reference, format: example 2"),
    ('| makeresults | eval foo="eventtype,log_level" | makemv delim="," foo | fields foo'
     ' | format mvsep="mvseparator" "{" "[" "AND" "]" "AND" "}"',
     [{"search": '{ [ ( foo="eventtype" mvseparator foo="log_level" ) ] }'}], "Search Reference, format: example 3"),
    ('| makeresults count=1 | format emptystr="Error Found"', [{"search": "Error Found"}], "Search Reference, format: example 4"),
    ("| makeresults count=1 | format", [{"search": "NOT ( )"}], "Search Reference, format: example 4"),
    ("* | stats count | append [search host=b | stats count] | table count", [{"count": "4"}, {"count": "1"}],
     "Search Reference, append"),
    ("* | stats count by host | appendpipe [stats sum(count) as count] | table host count", [
        {"host": "a", "count": "3"}, {"host": "b", "count": "1"}, {"count": "4"}
    ], "Search Reference, appendpipe"),
    ("* | stats count by host | appendpipe [search host=b] | table host count", [
        {"host": "a", "count": "3"}, {"host": "b", "count": "1"}, {"host": "b", "count": "1"}
    ], "Search Reference, appendpipe: the subpipeline is applied to the current result set"),
    ("* | stats count by user | join user [search host=b | stats sum(bytes) as b by user] | table user count b",
     [{"user": "eve", "count": "2", "b": "20"}], "Search Reference, join: inner"),
    ("* | stats count by user | join type=left user [search host=b | stats sum(bytes) as b by user] | table user b",
     [{"user": "bob"}, {"user": "eve", "b": "20"}], "Search Reference, join: left"),
    # iteration
    ("| makeresults | eval myfield_1=5, myfield_2=10 | foreach myfield_* [eval <<FIELD>> = '<<FIELD>>' + <<MATCHSTR>>]"
     " | table myfield_*", [{"myfield_1": "6", "myfield_2": "12"}], "Search Reference, foreach"),
    ('| makeresults | eval mv=mvappend("5", "15"), total = 0, count = 0'
     " | foreach mode=multivalue mv [eval total = total + <<ITEM>>, count = count + 1] | table count mv total",
     [{"count": "2", "mv": ["5", "15"], "total": "20"}], "Search Reference, foreach: several assignments"),
    ('| makeresults | eval mv1=mvappend("1", "2"), "mv*"=mvappend("100", "300"), total = 0'
     " | foreach mode=multivalue mv* [eval total = total + <<ITEM>>] | table total",
     [{"total": "400"}], "Search Reference, foreach: wildcards are not supported"),
    ("| makeresults | eval a=json_array(1, 2), t=0 | foreach mode=json_array a [eval t=t+<<ITEM>>] | table t", [{"t": "3"}],
     "Search Reference, foreach: json_array"),
    # lookups
    ("* | head 2 | lookup teams user OUTPUT team | table user team", [{"user": "bob", "team": ["red", "blue"]}, {"user": "eve"}],
     "Search Reference, lookup; several matches make a multivalue"),
    ("* | head 1 | lookup teams user AS user OUTPUT team AS t | table t", [{"t": ["red", "blue"]}], "Search Reference, lookup"),
    ('* | head 1 | eval team="x" | lookup teams user OUTPUTNEW team | table team', [{"team": "x"}],
     "Search Reference, lookup: OUTPUTNEW"),
    ("* | head 1 | lookup teams user | table team", [{"team": ["red", "blue"]}], "Search Reference, lookup: all other fields"),
    ("| inputlookup teams where team=blue", [{"user": "bob", "team": "blue"}], "Search Reference, inputlookup"),
    ("| inputlookup max=1 teams", [{"user": "bob", "team": "red"}], "Search Reference, inputlookup"),
    ("* | head 1 | table user | inputlookup append=t max=1 teams", [{"user": "bob"}, {"user": "bob", "team": "red"}],
     "Search Reference, inputlookup: append"),
    # conversion
    ("* | head 1 | convert ctime(_time) AS c | table c", [{"c": "08/01/2024 00:00:51"}], "splunk-measured 6 PC"),
    ('* | head 1 | convert timeformat="%H:%M:%S" ctime(_time) AS c | table c', [{"c": "00:00:51"}], "Search Reference, convert"),
    ('| makeresults | eval d="00:10:15" | convert dur2sec(d) | table d', [{"d": "615"}], "Search Reference, convert"),
    ('| makeresults | eval d="1,234" | convert rmcomma(d) | table d', [{"d": "1234"}], "Search Reference, convert"),
    ('| makeresults | eval d="2m" | convert memk(d) | table d', [{"d": "2048"}], "Search Reference, convert: memk"),
    # making rows
    ("| makeresults count=+2 | stats count", [{"count": "2"}], "splunk-measured 6 E"),
    ('| makeresults format=csv data="a,b\n1,2\n3,"', [{"a": "1", "b": "2"}, {"a": "3"}], "splunk-measured 6 E: no _time"),
    ('| makeresults format=json data="[{\\"a\\":1,\\"b\\":{\\"c\\":2}}]" | table _raw a b', [
        {"_raw": '{"a":1,"b":{"c":2}}', "a": "1", "b": '{"c":2}'}
    ], "splunk-measured 6 E"),
    ("| makeresults format=json data=\"oops\"", [], "splunk-measured 6 E: what is no JSON gives no rows"),
    ("| makeresults nonsense=1 | stats count", [{"count": "1"}], "spl 2b: unknown arguments are ignored"),
    # eval and where
    ("* | head 1 | eval {host}_x=1 | table a_x", [{"a_x": "1"}], "spl 2b: {field} on the left"),
    ("* | where status=200 | table bytes", [{"bytes": "10"}, {"bytes": "40"}], "Search Reference, where: null drops"),
    ("* | where NOT status=200 | table bytes", [{"bytes": "20"}], "spl 2.3: NOT null is null"),
    ('* | where status="200.0"', [], "spl 2b: a text in quotes compares as text"),
    ("* | where status=200.0 | stats count", [{"count": "2"}], "spl 2b: numbers compare as numbers"),
    ("* | where user=\"BOB\"", [], "Search Reference, where: case counts"),
]  # fmt: skip


def texts(row: Row, *, keeps_time: bool) -> dict[str, str | list[str]]:
    """Return a row as texts."""
    names = [name for name in row if keeps_time or name != "_time"]
    return {name: value if isinstance(value := row[name], list) else as_text(value) for name in names}


@pytest.mark.parametrize(("spl", "expected", "source"), VECTORS, ids=[vector[0][:80] for vector in VECTORS])
def test_command(spl: str, expected: Rows, source: str) -> None:
    """A search gives the rows that its source says."""
    result = run(spl, MemoryEnvironment(EVENTS, lookups=LOOKUPS))

    assert [texts(row, keeps_time=False) for row in result.rows] == expected, source
