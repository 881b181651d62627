import unittest

from medias import mayor_subida, media_movil


class Medias(unittest.TestCase):
    def test_cubre_hasta_el_ultimo_valor(self):
        self.assertEqual(media_movil([1, 2, 3, 10], 2), [1.5, 2.5, 6.5])

    def test_una_ventana_que_lo_ocupa_todo(self):
        self.assertEqual(media_movil([2, 4], 2), [3.0])

    def test_la_mayor_subida(self):
        self.assertEqual(mayor_subida([1.5, 2.5, 6.5]), 4.0)


if __name__ == "__main__":
    unittest.main()
