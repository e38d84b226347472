from tests.stage import Stage
def test_a(stage: Stage) -> None:
    i = stage.issued()
    print(i, stage.keys(), stage.census())
def test_b(stage: Stage) -> None:
    pass
def test_c(stage: Stage) -> None:
    pass
