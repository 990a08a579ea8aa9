import email, email.message, ipaddress, tomllib, colorsys, fractions, gettext, getopt, shlex, sched, time, cmd, io, locale, keyword, platform, webbrowser, http.cookies, mimetypes, plistlib, netrc, bisect, wave, zoneinfo, abc, numbers, tempfile

m = email.message.EmailMessage()
m["Subject"], m["To"] = "Héllo", "a@b.org"
m.set_content("body é\n")
m.add_attachment(b"data", maintype="application", subtype="octet-stream", filename="f.bin")
p = (
    email.message_from_bytes(m.as_bytes(), policy=email.policy.default)
    if hasattr(email, "policy")
    else email.message_from_string(m.as_string())
)
print(m["subject"], m.get_content_type(), [x.get_content_type() for x in m.walk()], p["To"])
n = ipaddress.ip_network("10.0.0.0/29")
print(
    list(n.hosts())[:2],
    ipaddress.ip_address("10.0.0.3") in n,
    n.num_addresses,
    ipaddress.ip_address("::1").is_loopback,
    ipaddress.IPv4Address("1.2.3.4") + 1,
    n.netmask,
    n.supernet(),
)
for bad in ("1.2.3", "300.1.1.1", "x"):
    try:
        ipaddress.ip_address(bad)
    except ValueError as e:
        print(e)
print(tomllib.loads('a = 1\n[t]\nb = [1, 2.5, "s"]\nd = 2024-01-02\n[[arr]]\nx = true'))
try:
    tomllib.loads("a = ")
except tomllib.TOMLDecodeError as e:
    print(e)
print(
    shlex.split("a 'b c' d\\ e \"f g\""),
    shlex.quote("it's"),
    shlex.join(["a b", "c"]),
    getopt.getopt(["-a", "1", "--long", "x"], "a:", ["long"]),
    keyword.iskeyword("def"),
    keyword.softkwlist,
    mimetypes.guess_type("a.html"),
    colorsys.rgb_to_hsv(1, 0, 0),
)
s = sched.scheduler(time.monotonic, time.sleep)
out = []
s.enter(0.002, 1, out.append, ("b",))
s.enter(0.001, 1, out.append, ("a",))
s.run()
print(
    out,
    http.cookies.SimpleCookie("a=1; b=2")["b"].value,
    plistlib.loads(plistlib.dumps({"k": [1, True]})),
    platform.python_implementation(),
    platform.system(),
    locale.getlocale.__name__,
)


class C(cmd.Cmd):
    def do_hi(self, arg):
        print("hi", arg, file=self.stdout)

    def do_q(self, arg):
        return True


o = io.StringIO()
c = C(stdin=io.StringIO("hi there\nnope\nq\n"), stdout=o)
c.use_rawinput = False
c.cmdloop()
print(o.getvalue())
with tempfile.NamedTemporaryFile("w+") as f:
    f.write("x")
    f.seek(0)
    print(f.read(), tempfile.gettempdir() != "")
import fileinput, linecache, difflib, trace, code

i = code.InteractiveInterpreter({"x": 5})
print(i.runsource("print(x * 2)"), i.runsource("if x:"))
