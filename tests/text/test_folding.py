from core.text.folding import fold, folded_words


def test_accents_and_case_do_not_matter() -> None:
    assert fold("CONFIGURACIÓN del Año") == "configuracion del ano"
    assert fold("Ascii ONLY") == "ascii only"


def test_decomposed_letters_fold_like_composed_ones() -> None:
    assert fold("co\u0301mo") == fold("cómo") == "como"


def test_words_keep_apostrophes_and_language_names() -> None:
    assert folded_words("Don’t use C++, C# o 'Go'!") == ["don't", "use", "c++", "c#", "o", "go"]


def test_punctuation_and_underscores_part_words() -> None:
    assert folded_words("¿mi_variable,otra?") == ["mi", "variable", "otra"]
    assert folded_words(" ...!? ") == []
