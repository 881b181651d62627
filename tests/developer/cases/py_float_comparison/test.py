import unittest

from caja import cambio, cuenta, saldada


class Caja(unittest.TestCase):
    def test_un_pago_exacto_salda_la_cuenta(self):
        self.assertTrue(saldada(["0.10", "0.20"], ["0.30"]))
        self.assertTrue(saldada(["1.10", "2.20"], ["3.30"]))

    def test_un_centimo_de_menos_no(self):
        self.assertFalse(saldada(["0.10", "0.20"], ["0.29"]))

    def test_el_cambio(self):
        self.assertEqual(str(cambio(["2.35"], "5.00")), "2.65")
        self.assertEqual(cuenta([]), 0)


if __name__ == "__main__":
    unittest.main()
