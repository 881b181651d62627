import unittest

from recetas import buscar


class Buscar(unittest.TestCase):
    def test_sin_tilde_se_encuentra_con_tilde(self):
        self.assertEqual(buscar("jamon"), ["Jamón con melón"])

    def test_con_tilde_se_encuentra_sin_tilde(self):
        self.assertEqual(buscar("PURÉ"), ["Pure de patata"])

    def test_lo_que_no_esta(self):
        self.assertEqual(buscar("paella"), [])


if __name__ == "__main__":
    unittest.main()
