"""The names that Splunk knows: a typo gives Splunk's own error, a construct that is missing here its name.

Commands, eval functions and aggregates of the Search Reference of 10.2.
"""


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


COMMANDS = _names(
    """
    abstract accum addcoltotals addinfo addtotals analyzefields anomalies anomalousvalue anomalydetection append
    appendcols appendpipe arules associate audit autoregress bin bucket bucketdir chart cluster cofilter collect
    concurrency contingency convert copyresults correlate crawl createrss datamodel datamodelsimple dbinspect
    debug dedup delete delta diff dispatch dump editinfo entitymerge erex eval eventcount eventstats extract
    fieldformat fields fieldsummary filldown fillnull findkeywords findtypes folderize foreach format from
    fromjson gauge gentimes geom geomfilter geostats head highlight history iconify inputcsv inputintelligence
    inputlookup intersect iplocation join kmeans kv kvform loadjob localize localop lookup makecontinuous
    makejson makemv makeresults map mcatalog mcollect metadata metasearch meventcollect mpreview msearch mstats
    multikv multisearch mvcombine mvexpand mvreverse nomv noop outlier outputcsv outputlookup outputraw
    outputtelemetry outputtext overlap pivot predict prestats rangemap rare rawstats redistribute regex
    relevancy reltime rename replace require rest return reverse rex rtorder run runshellscript savedsearch
    script scrub search searchtxn selfjoin sendalert sendemail set setfields sichart sirare sistats sitimechart
    sitop sort spath stats strcat streamstats surrounding table tags tail timechart timewrap tojson top
    transaction transpose trendline tscollect tstats typeahead typelearner typer union uniq untable walklex
    where x11 xmlkv xmlunescape xpath xyseries
    """
)

EVAL_FUNCTIONS = _names(
    """
    abs acos acosh asin asinh atan atan2 atanh avg bit_and bit_not bit_or bit_shift_left bit_shift_right bit_xor
    bool case ceil ceiling cidrmatch coalesce commands cos cosh double exact exp false floor getfields hypot if
    in int ipmask isarray isbool isdouble isint ismv isnotnull isnull isnum isobject isstr length json
    json_append json_array json_array_to_multivalue json_array_to_mv json_delete json_entries json_extend
    json_extract json_extract_exact json_has_key_exact json_keys json_object json_set json_set_exact json_valid
    len like ln log lookup lower ltrim match max md5 min mv_to_json_array mvappend mvcount mvdedup mvfilter
    mvfind mvindex mvjoin mvmap mvrange mvreverse mvsort mvzip now null nullif object_to_array pi pow printf
    random relative_time replace round rtrim searchmatch sha1 sha256 sha512 sigfig sin sinh spath split sqrt
    strftime string strptime substr sum tan tanh time toarray tobool todouble toint tojson tomv tonumber
    toobject tostring trim true typeof upper urldecode urlencode validate
    """
)

AGGREGATES = _names(
    """
    avg c count dc distinct_count earliest earliest_time estdc estdc_error exactperc first last latest
    latest_time list max mean median min mode p per_day per_hour per_minute per_second perc percentile range
    rate rate_avg rate_sum sparkline stdev stdevp sum sumsq upperperc values var varp
    """
)

TIME_TERMS = frozenset({"earliest", "latest", "_index_earliest", "_index_latest"})
# In no manual; pytest-splunk-addon 6.4.0 bounds every saved search by these two, and so tells that Splunk takes them.
TIME_SYNONYMS = {"earliest_time": "earliest", "latest_time": "latest"}
OLD_TIME_TERMS = _names(
    """
    daysago enddaysago endhoursago endminutesago endmonthsago endtime endtimeu hoursago minutesago monthsago
    searchtimespandays searchtimespanhours searchtimespanminutes searchtimespanmonths startdaysago starthoursago
    startminutesago startmonthsago starttime starttimeu timeformat
    """
)
