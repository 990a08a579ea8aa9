import io
import sys
import unittest
from unittest import mock


class T(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.shared = [1]

    def setUp(self):
        self.addCleanup(lambda: log.append("cleanup"))

    def tearDown(self):
        log.append("tearDown")

    def test_pass(self):
        self.assertEqual(1 + 1, 2)
        self.assertIn(1, [1])
        self.assertAlmostEqual(0.1 + 0.2, 0.3)
        self.assertRaisesRegex(ValueError, "bad", self.raises)

    def raises(self):
        raise ValueError("bad thing")

    def test_fail(self):
        self.assertEqual([1, 2, 3], [1, 2, 4])

    def test_error(self):
        1 / 0

    @unittest.skip("not today")
    def test_skip(self):
        pass

    @unittest.expectedFailure
    def test_expected(self):
        self.fail("x")

    def test_sub(self):
        for i in range(3):
            with self.subTest(i=i):
                self.assertNotEqual(i, 1)

    def test_mock(self):
        m = mock.Mock(return_value=3, side_effect=None)
        print(m(1, k=2), m.call_args, m.called, m.method.x.return_value.__class__.__name__)
        m.assert_called_once_with(1, k=2)
        with mock.patch("os.getcwd", return_value="/mocked") as g:
            import os

            self.assertEqual(os.getcwd(), "/mocked")
        mm = mock.MagicMock()
        mm.__len__.return_value = 5
        self.assertEqual(len(mm), 5)
        with self.assertRaises(AssertionError) as cm:
            m.assert_called_with(9)
        self.assertLogs

    def test_logs(self):
        import logging

        with self.assertLogs("a", "INFO") as cm:
            logging.getLogger("a").warning("hey %s", "you")
        self.assertEqual(cm.output, ["WARNING:a:hey you"])

    def test_messages(self):
        for f in (
            lambda: self.assertEqual({"a": 1}, {"a": 2}),
            lambda: self.assertTrue(0),
            lambda: self.assertIsNone(1),
            lambda: self.assertGreater(1, 2),
            lambda: self.assertEqual("abc\ndef", "abc\nxyz"),
            lambda: self.assertIsInstance(1, str),
            lambda: self.assertRaises(KeyError, len, []),
        ):
            try:
                f()
            except AssertionError as e:
                print(e)


log = []
out = io.StringIO()
suite = unittest.defaultTestLoader.loadTestsFromTestCase(T)
r = unittest.TextTestRunner(out, verbosity=2, durations=None).run(suite)
import re

print(re.sub(r"in [\d.]+s", "in TIME", out.getvalue()))
print(
    r.testsRun,
    len(r.failures),
    len(r.errors),
    len(r.skipped),
    len(r.expectedFailures),
    r.wasSuccessful(),
    log.count("cleanup"),
    log.count("tearDown"),
)


class A(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.v = 1

    async def test_a(self):
        self.assertEqual(self.v, 1)


print(unittest.TextTestRunner(io.StringIO()).run(unittest.defaultTestLoader.loadTestsFromTestCase(A)).wasSuccessful())


def doc(x):
    """
    >>> doc(2)
    4
    >>> doc("a")
    Traceback (most recent call last):
    TypeError: can't multiply sequence by non-int of type 'str'
    """
    return x * x


import doctest

print(doctest.testmod())
