"""Quiz of lesson 01."""

from course_utils.quizzes import Option, Question

QUESTIONS = (
    Question(
        "After one epoch, a model's reconstruction loss on MNIST is 206 nats per image and does not "
        "move. What has most likely happened?",
        (
            Option(
                "The model draws the mean image, whatever it is shown.",
                "205.80 is what the mean image costs. A loss that sticks there says that the code is ignored.",
                True,
            ),
            Option("The model has reached the floor.", "The floor is 45.53 nats, far below."),
            Option(
                "The learning rate is zero.",
                "An untrained model would sit near 543 nats, where every output is one half.",
            ),
        ),
    ),
    Question(
        "A paper reports a grey-level BCE of 31 nats per image on MNIST. What do you think?",
        (
            Option(
                "An excellent decoder.",
                "No decoder can go below the entropy floor of 45.53 nats, not even a perfect one.",
            ),
            Option(
                "Typical of a large latent space: the more numbers, the less BCE.",
                "A larger code can bring the loss to the floor, never below.",
            ),
            Option(
                "The unit or the data differ: it cannot be what it says.",
                "The floor of the test images is 45.53 nats. Perhaps the images were binarised, or a mean was taken.",
                True,
            ),
        ),
    ),
    Question(
        "Why does the course sum over pixels and average over images, and not average over both?",
        (
            Option(
                "Because a sum has gradients 784 times as large, and so trains faster.",
                "A constant factor changes only the effective learning rate, and Adam hardly notices even that.",
            ),
            Option(
                "Because a KL in nats per image will be added: both terms must be in the same unit.",
                "A pixel average is 784 times smaller than the nats of an image, so beside it the KL "
                "would weigh 784 times too much.",
                True,
            ),
            Option(
                "Because averages of probabilities are not probabilities.",
                "True or not, the loss averages logarithms; the point is the unit.",
            ),
        ),
    ),
    Question(
        "Why is log(sigmoid(l)) replaced by -softplus(-l), although both are equal on paper?",
        (
            Option(
                "softplus is one call where log(sigmoid(l)) is two, so it is faster.",
                "Perhaps; but that is not the reason.",
            ),
            Option("softplus is smoother.", "Both are the same function on paper, equally smooth."),
            Option(
                "For large |l| the sigmoid rounds to exactly 0 or 1, and the logarithm of 0 is infinite.",
                "The rounding happens before the logarithm. softplus never leaves the logarithmic scale.",
                True,
            ),
        ),
    ),
)
