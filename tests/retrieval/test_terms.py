import pytest

from core.retrieval.terms import search_terms, stem


@pytest.mark.parametrize(
    "words",
    [
        "configuracion configurar configuro configured configuration configuring configure",
        "servidor servidores", "luz luces", "running run runs", "city cities", "installed install",
        "contrasena contrasenas", "house houses", "password passwords", "llave llaves",
        "reunion reuniones", "pagar pago pagos pagado", "instalar instalacion", "dog dog's",
    ],
)  # fmt: skip
def test_forms_of_one_word_share_a_stem(words: str) -> None:
    assert len({stem(word) for word in words.split()}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [("casa", "caso"), ("wifi", "wide"), ("ip", "if"), ("gato7", "gato8"), ("nation", "note")],
)
def test_different_words_mostly_do_not(one: str, other: str) -> None:
    if (one, other) == ("casa", "caso"):
        assert stem(one) == stem(other)  # the price of one list for both languages
    else:
        assert stem(one) != stem(other)


def test_function_words_and_accents_do_not_count() -> None:
    assert search_terms("¿Cuál es la configuración del servidor?") == ["configur", "servidor"]
    assert search_terms("What is the CONFIGURATION of the servers?") == ["configur", "server"]
    assert search_terms("hola, gracias") == []
