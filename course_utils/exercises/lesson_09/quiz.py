"""Quiz of lesson 09."""

from course_utils.quizzes import Option, Question

QUESTIONS = (
    Question(
        "After ten epochs the KL is 0.002 and the BCE 206 nats; the mean image costs 205.80. Nothing falls any more. "
        "What will a larger LSTM bring?",
        (
            Option(
                "A KL above 0: the old one was too weak to say anything.",
                "Report A went from 64 to 128. What was charged for a nat stayed, and so did the KL.",
            ),
            Option(
                "Nothing, if the price of a nat is the cause: look at the loss first.",
                "A nat of KL must cost one nat. Divide by hand what your reductions do to both halves.",
                True,
            ),
            Option("A lower BCE at the same KL.", "Without a code all images get one picture: the ceiling is 205.80."),
        ),
    ),
    Question(
        "A model has KL 0 and the -ELBO equals the entropy of its data. What is wrong with it?",
        (
            Option(
                "Its decoder ignores the code, so it has to be trained again.",
                "There is nothing to win: no model has a -ELBO below the entropy of the data.",
            ),
            Option("The KL needs a warm-up.", "A warm-up changes the way, and the end is already the best there is."),
            Option(
                "Nothing: its decoder describes the data without a code.",
                "So it is with the upright cloud: no KL is better there than 0.",
                True,
            ),
        ),
    ),
    Question(
        "With free bits of 0.1 and 128 units, the KL ends at 12.8 nats and all 128 units are active. What is shown?",
        (
            Option(
                "That the free nats were taken; look whether the BCE fell for them.",
                "128 times 0.1 is 12.8. A unit may spend its free nats on noise that no decoder reads.",
                True,
            ),
            Option(
                "That the collapse is cured.",
                "A KL that was given away proves no message: the BCE has to say whether it arrives.",
            ),
            Option(
                "That 12.8 nats are the information.", "The KL is information plus mismatch: only the sum is known."
            ),
        ),
    ),
    Question(
        "The weight of the KL goes from 1 to 4. Which two numbers must be read before one says that samples improved?",
        (
            Option(
                "The training loss before and after.",
                "It is in another currency: a nat of KL counts four times in one of them.",
            ),
            Option(
                "The KL before and after.",
                "It falls, because it was made dear: that says neither what was lost nor what was won.",
            ),
            Option(
                "The mismatch, and what the reconstructions lost.",
                "Samples can come near to reconstructions because these come down to them.",
                True,
            ),
        ),
    ),
)
