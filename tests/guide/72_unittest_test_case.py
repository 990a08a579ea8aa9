import io
import re
import unittest


def normalize_features(data):
    if data is None:
        raise ValueError("no data")
    low, high = min(data), max(data)
    return [(d - low) / (high - low) for d in data]


class TestPreprocessing(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.created = 0

    def setUp(self):
        type(self).created += 1
        self.data = [1, 2, 3, 4, 5]

    def tearDown(self):
        self.data.clear()

    def test_normalize(self):
        """Test normalization"""
        result = normalize_features(self.data)
        self.assertEqual(min(result), 0)
        self.assertEqual(max(result), 1)
        self.assertAlmostEqual(result[1], 0.25)
        self.assertListEqual(result, sorted(result))

    def test_raises_exception(self):
        with self.assertRaises(ValueError) as context:
            normalize_features(None)
        self.assertIn("no data", str(context.exception))
        with self.assertRaisesRegex(ZeroDivisionError, "division"):
            normalize_features([1, 1])

    def test_fails(self):
        self.assertEqual({"a": [1, 2]}, {"a": [1, 3]}, "the message")

    def test_many(self):
        for n in range(4):
            with self.subTest(n=n):
                self.assertTrue(n % 2 == 0)

    @unittest.skipIf(True, "skipped for a reason")
    def test_skipped(self):
        pass

    @unittest.expectedFailure
    def test_known(self):
        self.assertIsNone(1)


out = io.StringIO()
program = unittest.main(argv=["prog", "-v"], exit=False, testRunner=unittest.TextTestRunner(out, verbosity=2))
text = re.sub(r"in \d+\.\d+s", "in TIME", out.getvalue())
print(text)
print(program.result.testsRun, len(program.result.failures), TestPreprocessing.created)
