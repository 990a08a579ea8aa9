# The native half of xml.etree.ElementTree: what it gives, what it refuses and how it says so.
# stderr: ignore
import copy
import io
import pickle
import re
import xml.etree.ElementTree as ET


E=ET.Element
def plain(value):
    return re.sub(' at 0x[0-9a-f]+', '', repr(value))


def t(s, g=globals()):
    try:
        print(s, '->', plain(eval(s, g)))
    except Exception as e:
        print(s, '!!', type(e).__name__, e)
class S(E): pass
e=E('a'); e2=ET.fromstring('<r>x<b>y</b>z<!--c--><c/>w</r>')
def mk(): return ET.fromstring('<r><a/><b/><c/><d/></r>')
for s in '''E()
E(tag='x')
E('a', 5)
E('a', attrib=5)
E('a', {}, 1)
E('a', {'x':1}, y=2).attrib
E('a', attrib={'x':1}, y=2).attrib
E(5)
E('a').makeelement('b', 5)
S('a').makeelement('b', {})
e.append(5)
e.extend(5)
e.extend([5])
e.insert('a', e)
e.insert(0, 5)
e.remove(5)
e.remove(E('x'))
e['x']
e[5]
e.__setitem__(5, e)
e.__setitem__(0, 5)
e.__setitem__('x', e)
e.__setitem__(slice(0,1), 5)
e.__setitem__(slice(0,1), [5])
e.__delitem__(5)
e.__delitem__('x')
mk().__setitem__(slice(0,4,2), [E('q')])
mk().__setitem__(0, None)
list(e2.itertext())
list(e2.iter())
[x.tag for x in e2.iter('b')]
e.get()
e.get('x', 1, 2)
e.get(key='x')
e.set('a')
e.items()
e.keys()
e.find(5)
e.findall(None)
e.findtext('x')
e2.findtext('c')
e2.findall('{*}b')
e.find('x', namespaces=5)
e.__deepcopy__(5)
e.__getstate__()
S('q').__getstate__()
e.__reduce_ex__(2)
e.__setstate__(5)
e.__setstate__({})
e.__setstate__({'tag':1,'_children':5})
e.__setstate__({'tag':1,'attrib':5})
e.__setstate__({'tag':1,'foo':5})
E.__new__(E)
repr(E.__new__(E))
E.__new__(E).tag
E.__new__(E).attrib
S('a')
setattr(e,'attrib',5)
setattr(e,'foo',5)
bool(e)
copy.copy(S('a'))
copy.deepcopy(S('a'))
ET.SubElement(5,'a')
ET.SubElement(e)
ET.SubElement(e,'a',5)
ET.SubElement(e,'a',attrib=5)
ET.SubElement(e,'a',{'a':1},b=5).attrib
ET.SubElement(S('x'),'a')
ET.TreeBuilder(1,2)
ET.TreeBuilder(1).start('a',{})
ET.TreeBuilder().start('a',5)
ET.TreeBuilder().start('a')
ET.TreeBuilder().end('a')
ET.TreeBuilder().data('a')
ET.TreeBuilder().close()
ET.TreeBuilder().comment('x')
ET.TreeBuilder().pi('x')
ET.TreeBuilder().pi('x','y')
ET.TreeBuilder(comment_factory=5).comment('x')
ET.XMLParser(5)
ET.XMLParser(target=5)
ET.XMLParser(encoding='foo').feed('<a>')
ET.XMLParser(encoding=5)
ET.XMLParser().feed(5)
ET.XMLParser().entity
ET.XMLParser().target
ET.XMLParser()._setevents(5)
ET.XMLParser()._setevents([],5)
ET.XMLParser()._setevents([],[5])
ET.XMLParser()._setevents([],['foo'])
ET.XMLParser(target=5)._setevents([],['end'])
ET.XMLParser()._parse_whole(5)
ET.XMLParser()._parse_whole(io.BytesIO(b'<a/>'))
ET.XMLParser().close()
ET._set_factories(5,6)
ET._set_factories(None,6)
ET.fromstring('<a>&foo;</a>')
ET.fromstring('<!DOCTYPE a><a>&foo;</a>')
ET.fromstring('<a>')
ET.fromstring('<a x="1" x="2"/>')
ET.fromstring(b'<?xml version="1.0" encoding="cp437"?><a>\\x80</a>').text
ET.fromstring(b'<?xml version="1.0" encoding="foo"?><a>\\x80</a>').text
ET.fromstring(b'<?xml version="1.0" encoding="utf-7"?><a>\\x80</a>').text
ET.XMLParser.__new__(ET.XMLParser).feed('x')
ET.XMLParser.__new__(ET.XMLParser).flush()
ET.XMLParser.__new__(ET.XMLParser)._setevents([])
ET.TreeBuilder.__new__(ET.TreeBuilder).close()
ET.TreeBuilder.__new__(ET.TreeBuilder).start('a',{})
type(e2.iter())()
ET.ParseError.__mro__
ET.ParseError.__module__
ET.TreeBuilder().start('a',{'x':1}).attrib
ET.fromstring('<a><b/></a><c/>')
e.iter(5), e.itertext(), iter(e)
E.text
e.__class__
E('a').__eq__(5)
len(e)
'''.splitlines(): t(s)
class T:
    def start(self,*a): print('start',a)
    def end(self,*a): print('end',a)
    def data(self,*a): print('data',a)
    def comment(self,*a): print('comment',a)
    def pi(self,*a): print('pi',a)
    def doctype(self,*a): print('doctype',a)
    def start_ns(self,*a): print('start_ns',a)
    def end_ns(self,*a): print('end_ns',a)
    def close(self): return 'closed'
p=ET.XMLParser(target=T())
p.feed('<?xml version="1.0"?><!DOCTYPE a SYSTEM "x.dtd" [<!ENTITY foo "bar">]><a xmlns="u" xmlns:p="v" y="1" p:z="2"><?pi dada?><?pj?>t&foo;&amp;<p:b/><!-- c --></a>')
print(plain(p.close()))
p=ET.XMLParser(); p.entity['zz']='ZZ'
p.feed('<!DOCTYPE a SYSTEM "x.dtd"><a>&zz;</a>'); print(ET.tostring(p.close()))
class P(ET.XMLParser):
    def doctype(self,*a): print('never')
import warnings; warnings.simplefilter('always')
p=P(); p.feed('<!DOCTYPE a><a/>'); print(plain(p.close()))
b=ET.TreeBuilder(insert_comments=True,insert_pis=True)
p=ET.XMLParser(target=b); 
ev=[]
p._setevents(ev,['start','end','comment','pi','start-ns','end-ns'])
p.feed('<!--before--><?x y?><a xmlns="u">t<!--in-->u<?x z?>v<b/>w</a><!--after-->')
r=p.close(); print(plain(ev)); print(ET.tostring(r))
p=ET.XMLParser(); ev=[]; p._setevents(ev, ('start','end','comment','pi','start-ns','end-ns'))
p.feed('<!--before--><?x y?><a xmlns="u">t<!--in-->u<?x z?>v<b/>w</a><!--after-->'); print(plain(ev))
p=ET.XMLParser(); ev=[]; p._setevents(ev); p.feed('<a><b/></a>'); print(plain(ev))
try: ET.fromstring('<a>\n<b></a>')
except ET.ParseError as x: print(x, x.code, x.position, x.args, x.__dict__, x.lineno, x.offset)


# Nothing may be called from inside of itself, and what happens to a tree while it is walked is harmless.
root = ET.fromstring("<r>" + "<a><b/></a>" * 50 + "</r>")
seen = 0
for element in root.iter():
    seen += 1
    if element.tag == "a" and seen % 3 == 0:
        element.clear()
print(seen > 20)
deep = ET.Element("x")
top = deep
for _ in range(50_000):
    deep = ET.SubElement(deep, "x")
print(sum(1 for _ in top.iter("x")), "".join(top.itertext()) == "")
del top, deep
copied = pickle.loads(pickle.dumps(e2))
print(ET.tostring(copied) == ET.tostring(e2), ET.tostring(copy.deepcopy(e2)) == ET.tostring(e2), copy.copy(e2)[0] is e2[0])

import threading

shared = ET.Element("shared")


def grow(n):
    for i in range(300):
        child = ET.SubElement(shared, f"t{n}", i=str(i))
        child.text = "x"
        if i % 5 == 0:
            list(shared.itertext()), shared.find(f"t{n}"), shared.findall("t0"), len(shared)
        if i % 7 == 0:
            shared.remove(child)


threads = [threading.Thread(target=grow, args=(n,)) for n in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(len(shared), len("".join(shared.itertext())))
