"""Quiz of lesson 13."""

from course_utils.quizzes import Option, Question

QUESTIONS = (
    Question(
        "A test asks whether a KL is 0 at the prior and never below 0. Which implementation gets past it?",
        (
            Option(
                "One that is twice the KL.",
                "Twice 0 is 0, and twice what is positive is positive: only a known value refuses it.",
                True,
            ),
            Option("One with the sign turned round.", "It is below 0 wherever it is not 0."),
            Option("One without the 1 in the sum.", "It gives 1/2 for each unit at the prior."),
        ),
    ),
    Question(
        "Your test of a sampler compares its draws with your own, from the same seed. What is wrong with that?",
        (
            Option(
                "Nothing: a seed makes draws reproducible.",
                "For one implementation it does. Another order of drawing gives other numbers, and is as right.",
            ),
            Option(
                "A right sampler that draws in another order is refused.",
                "Ask for what every right one promises: moments, independence, gradients.",
                True,
            ),
            Option(
                "A wrong sampler might give the same numbers.",
                "Hardly: the same numbers for many inputs come from the same sampler.",
            ),
        ),
    ),
    Question(
        "A mean over batches is tested with three batches of four images. Which bug cannot be seen?",
        (
            Option("The sum is not divided at all.", "Then the value is twelve times too large."),
            Option("One of the batches is left out.", "With losses that differ, that changes the mean."),
            Option(
                "The mean of the batches' means is taken.",
                "With equal batches the two are one number: only a ragged batch tells them apart.",
                True,
            ),
        ),
    ),
    Question(
        "One draw gives ln q(z) - ln p(z) = -0.3, and the KL is 0.4. What has to be repaired?",
        (
            Option(
                "Nothing: average more draws.",
                "Where p is the larger density the log ratio is below 0. Its mean is the KL.",
                True,
            ),
            Option("The sign of the log ratio.", "The other sign has the mean -0.4, which no KL has."),
            Option(
                "The estimate needs a clamp at 0.", "Clamped draws have a mean above the KL, however many there are."
            ),
        ),
    ),
    Question(
        "A test raises an AssertionError at a right implementation in double precision. Who is to be mended?",
        (
            Option(
                "The implementation: float32 was meant.", "The contract names values and shapes. It names no dtype."
            ),
            Option(
                "The test: it asks for more than the contract.",
                "A test that is too strict is worthless in its own way: people switch it off.",
                True,
            ),
            Option("Neither: raising is no answer.", "An exception refuses. Here it refuses what is right."),
        ),
    ),
)
