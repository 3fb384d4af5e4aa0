"""Quiz of lesson 05."""

from course_utils.quizzes import Option, Question

QUESTIONS = (
    Question(
        "An LSTM unit has f = 1 and i = 0 at every step from row 6 on. What is in its memory c at row 28?",
        (
            Option(
                "What it was after row 5.", "c' = f c + i g = c at every step: nothing leaves, nothing comes in.", True
            ),
            Option(
                "Zero: a closed input gate empties the memory.",
                "The input gate lets new things in or not; what is there leaves through the forget gate, "
                "and f = 1 keeps all.",
            ),
            Option("The sum of all rows.", "With i = 0 nothing of the later rows is added."),
        ),
    ),
    Question(
        "A bidirectional encoder uses out[:, -1]. Its training loss falls, and no error appears. What is wrong?",
        (
            Option(
                "Nothing: the last output has seen the whole image.",
                "The forward half has. The backward half starts at the bottom and has read one row there.",
            ),
            Option(
                "The backward half has read the bottom row only.",
                "It is half of the features, and knows a row that is mostly white. h_n holds the states "
                "after all rows.",
                True,
            ),
            Option(
                "The forward half has read the top row only.",
                "That would be out[:, 0]. At the last step the forward reader has read everything.",
            ),
        ),
    ),
    Question(
        "An nn.LSTM(28, H) is changed to nn.LSTM(28, 2H). About how does its number of parameters change, for large H?",
        (
            Option("It doubles.", "The matrix for the inputs doubles, but the one for the state grows faster."),
            Option(
                "It grows eightfold.",
                "Each gate's H x H matrix grows by 2 x 2 = 4; there are four gates before and after.",
            ),
            Option(
                "It grows fourfold.",
                "4 (28 H + H^2 + 2 H) is ruled by H^2 for large H. A second direction of size H only doubles it.",
                True,
            ),
        ),
    ),
    Question(
        "A table lists 143.1 nats for model X and 142.4 for model Y, one run each; reruns of X scatter "
        "with a standard deviation of 0.6. What follows?",
        (
            Option(
                "Y is better, by 0.7 nats.",
                "A difference of two single runs scatters by 0.6 times the root of 2, which is 0.85: 0.7 "
                "is quite usual for equal models.",
            ),
            Option(
                "Not much: run both with several seeds and compare the means.",
                "The difference is smaller than its own scatter of about 0.85 nats. With n seeds each, "
                "that shrinks by the root of n.",
                True,
            ),
            Option(
                "X and Y are equally good.",
                "A difference that noise can explain is not a proof of equality: there may be one, and "
                "more seeds would show it.",
            ),
        ),
    ),
)
