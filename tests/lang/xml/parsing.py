"""Expat's events, and the libraries over it: ElementTree, minidom, SAX, plistlib."""

import io
import plistlib
import xml.dom.minidom
import xml.etree.ElementTree as ET
import xml.sax
from xml.parsers import expat

text = '<?xml version="1.0"?><a x="1" y="é"><b>t&amp;u</b><!-- c --><c/>tail</a>'
parser = expat.ParserCreate()
parser.buffer_text = True
parser.StartElementHandler = lambda name, attributes: print("start", name, attributes)
parser.EndElementHandler = lambda name: print("end", name)
parser.CharacterDataHandler = lambda data: print("text", repr(data))
parser.CommentHandler = lambda data: print("comment", repr(data))
print(parser.Parse(text, True), parser.CurrentLineNumber)
for bad in "<a>", "<a></b>", "", "<a>&nope;</a>":
    try:
        expat.ParserCreate().Parse(bad, True)
    except expat.ExpatError as error:
        print(error, error.code, error.lineno, error.offset, expat.ErrorString(error.code))


def fail(name, attributes):
    raise KeyError(name)


parser = expat.ParserCreate()
parser.StartElementHandler = fail
try:
    parser.Parse("<x/>")
except KeyError as error:
    print("from the handler:", error)

root = ET.fromstring(text)
print(root.get("y"), root.find("b").text, root.find("c").tail, ET.tostring(root, encoding="unicode"))
print([(event, element.tag) for event, element in ET.iterparse(io.StringIO("<a><b/><c/></a>"), ["start", "end"])])
print(xml.dom.minidom.parseString("<a><b c='d'/></a>").toprettyxml(indent=" "))


class Handler(xml.sax.ContentHandler):
    def startElement(self, name, attrs):
        print("sax", name, dict(attrs))


xml.sax.parseString(b"<a z='1'><b/></a>", Handler())
value = {"n": 1, "list": [1.5, True, b"bytes"], "text": "é"}
print(plistlib.loads(plistlib.dumps(value)) == value)
