from core.text.phrases import Found, PhraseTable


def test_a_word_is_not_found_inside_another() -> None:
    table = PhraseTable([("now", "time")])
    assert table.find(["i", "know", "nowhere"]) == []
    assert table.find(["right", "now"]) == [Found(1, 2, ("time",))]


def test_the_longest_phrase_takes_its_words() -> None:
    table = PhraseTable([("panic", "fear"), ("kernel panic", "fault")])
    assert table.find(["a", "kernel", "panic"]) == [Found(1, 3, ("fault",))]


def test_an_exact_word_does_not_hide_a_longer_phrase_by_stem() -> None:
    table = PhraseTable([("work", "one"), ("work* hard", "two")])
    assert table.find(["work", "hard"]) == [Found(0, 2, ("two",))]


def test_a_shorter_stem_does_not_replace_a_longer_phrase() -> None:
    table = PhraseTable([("wor*", "one"), ("work hard", "two")])
    assert table.find(["work", "hard"]) == [Found(0, 2, ("two",))]


def test_stems_and_gaps() -> None:
    table = PhraseTable([("configur*", "setup"), ("my * died", "loss")])
    assert table.find(["configuro"]) == [Found(0, 1, ("setup",))]
    assert table.find(["config"]) == []
    assert table.find(["my", "dog", "died"]) == [Found(0, 3, ("loss",))]
    assert table.find(["my", "died"]) == []


def test_phrases_are_folded_and_payloads_collected() -> None:
    table = PhraseTable([("Qué Tal", 1), ("que tal", 2)])
    assert table.find(["que", "tal"]) == [Found(0, 2, (1, 2))]


def test_of_two_stems_the_longer_wins_and_of_two_phrases_the_one_of_more_words() -> None:
    table = PhraseTable([("conf*", "short"), ("config*", "long"), ("conf* it", "two")])
    assert table.find(["configure"]) == [Found(0, 1, ("long",))]
    assert table.find(["configure", "it"]) == [Found(0, 2, ("two",))]
