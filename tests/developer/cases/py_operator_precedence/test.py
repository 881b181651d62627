import unittest

from biblioteca import abierta, hora_de_cierre


class Horario(unittest.TestCase):
    def test_entre_semana(self):
        self.assertEqual(hora_de_cierre("martes", "3 de junio"), 21)

    def test_fin_de_semana(self):
        self.assertEqual(hora_de_cierre("domingo", "8 de junio"), 14)
        self.assertFalse(abierta("sábado", "7 de junio", 15))

    def test_festivo(self):
        self.assertIsNone(hora_de_cierre("jueves", "25 de diciembre"))


if __name__ == "__main__":
    unittest.main()
