import unittest

from reuniones import en, reunion


class Reuniones(unittest.TestCase):
    def test_la_hora_local_es_la_suya(self):
        self.assertEqual(en(reunion("2024-01-15 16:00", "Madrid"), "Madrid"), "2024-01-15 16:00")

    def test_otra_oficina_tiene_otra_hora(self):
        self.assertEqual(en(reunion("2024-01-15 16:00", "Madrid"), "Bogotá"), "2024-01-15 10:00")

    def test_puede_ser_otro_dia(self):
        self.assertEqual(en(reunion("2024-01-15 20:00", "Bogotá"), "Tokio"), "2024-01-16 10:00")


if __name__ == "__main__":
    unittest.main()
