import unittest

from conversiones import FACTORES, convertir, hacer_menu


class Conversiones(unittest.TestCase):
    def test_cada_opcion_tiene_su_factor(self):
        self.assertEqual(convertir("km a millas", 10), 6.214)
        self.assertEqual(convertir("kg a libras", 10), 22.046)
        self.assertEqual(convertir("litros a galones", 10), 2.642)

    def test_todas_estan_en_el_menu(self):
        self.assertEqual(list(hacer_menu(FACTORES)), list(FACTORES))


if __name__ == "__main__":
    unittest.main()
