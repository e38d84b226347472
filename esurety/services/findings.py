"""What an audit has found, in plain words; bounded, so that a log in ruins does not fill the memory."""

_MOST = 200


class Findings:
    """Sentences in the order they were found; beyond two hundred they are only counted."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.unsaid = 0

    def add(self, sentence: str) -> None:
        if len(self.said) < _MOST:
            self.said.append(sentence)
        else:
            self.unsaid += 1
