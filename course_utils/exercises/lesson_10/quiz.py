"""Quiz of lesson 10."""

from course_utils.quizzes import Option, Question

QUESTIONS = (
    Question(
        "Two groups report the metric |x - x_rec|_F / (784 n_b). One used batches of 64, the other "
        "batches of 256. The second number is half the first. What follows?",
        (
            Option(
                "The second model is twice as good.",
                "The same pictures give half the number in batches four times as large: the norm grows "
                "with the root of the batch, the divisor with the batch.",
            ),
            Option(
                "Both models are off by the same number of grey levels.",
                "r / sqrt(784 n_b): from 64 to 256 the root doubles, so equal errors print half the number.",
                True,
            ),
            Option("The first group has a bug.", "Both computed what they say; the measure depends on the batch."),
        ),
    ),
    Question(
        "You freeze a decoder's weights with requires_grad_(False) and fit codes of test images. After "
        "that, the same training code gives another picture than before. Why?",
        (
            Option(
                "Adam keeps a momentum for frozen weights.",
                "What has no gradient and is not in the optimiser does not move.",
            ),
            Option(
                "The training codes moved, too.", "They were not in the optimiser: only the test images' codes were."
            ),
            Option(
                "The decoder was in training mode, and BatchNorm's buffers moved.",
                "Buffers are no parameters: in training mode each forward pass writes into them. "
                "decoder.eval() stops that.",
                True,
            ),
        ),
    ),
    Question(
        "Why does a linear layer followed by a sigmoid beat PCA with as many numbers on Fashion images?",
        (
            Option(
                "Half of the pixels are 0, and the sigmoid draws 0 for any number far enough below 0.",
                "For a linear decoder each empty pixel is an equation that the code must satisfy; for "
                "ours an inequality, which costs next to nothing.",
                True,
            ),
            Option(
                "It has more parameters than PCA.",
                "It has the same matrix and the same mean: 79,184 numbers. Section 4 beat PCA with PCA's own.",
            ),
            Option(
                "Adam finds a better linear decoder than algebra does.",
                "Among linear decoders PCA has the least error on the training images; no optimiser can pass it.",
            ),
        ),
    ),
    Question(
        "Half of an image is hidden. Why does a prior on the codes help to fill it in?",
        (
            Option(
                "It makes the seen half fit better.",
                "It makes the seen half fit a little worse: part of the loss now goes to the codes.",
            ),
            Option(
                "Many codes fit the seen half; the prior chooses one that images usually have.",
                "Without it, latents that the seen pixels hardly determine take any value, and the "
                "hidden half shows it.",
                True,
            ),
            Option(
                "It tells the decoder which pixels are missing.",
                "That is the mask's work: it leaves them out of the sum.",
            ),
        ),
    ),
    Question(
        "An auto-decoder's codes are started by class. t-SNE of the training codes shows ten clean "
        "islands. Which control tells you whether the model found the classes?",
        (
            Option("Another perplexity.", "The islands are in the codes: any perplexity shows them."),
            Option(
                "Start by shuffled labels and colour by these.",
                "If the islands are as clean for labels without meaning, the start made them. Then look "
                "at test codes, which no label has touched.",
                True,
            ),
            Option("Train for longer.", "Rows of a table that hardly need to move hardly move."),
        ),
    ),
)
