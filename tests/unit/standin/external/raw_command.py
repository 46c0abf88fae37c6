"""A custom search command without splunk-sdk: its reading and writing of chunks, and two things to do with them."""

RAW = """
import json, os, sys, time

def read():
    line = sys.stdin.buffer.readline()
    if not line:
        sys.exit(0)
    head, tail = map(int, line.split(b",")[1:])
    metadata = json.loads(sys.stdin.buffer.read(head))
    return metadata, sys.stdin.buffer.read(tail).decode()

def write(metadata, body=""):
    text, body = json.dumps(metadata).encode(), body.encode()
    sys.stdout.buffer.write(b"chunked 1.0,%d,%d\\n" % (len(text), len(body)) + text + body)
    sys.stdout.buffer.flush()

open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "pid"), "w").write(str(os.getpid()))
"""
ECHO = """
info, _ = read()
write({"type": "streaming"})
while True:
    metadata, body = read()
    write({"finished": metadata["finished"]}, body)
    if metadata["finished"]:
        break
"""
MARK = """
read()
write({"required_fields": ["_raw"]})
while True:
    metadata, body = read()
    head, *lines = body.splitlines()
    rows = ["1,%d" % number for number in range(len(lines))]
    write({"finished": metadata["finished"]}, "\\n".join(["seen,_chunked_idx", *rows]) + "\\n")
    if metadata["finished"]:
        break
"""
