"""Quiz of lesson 04."""

from course_utils.quizzes import Option, Question

QUESTIONS = (
    Question(
        "Kingma and Welling's 1/L averages over L draws of the code. A student sets L = 10 instead of 1. "
        "What happens to the KL term?",
        (
            Option(
                "It is divided by 10.", "L belongs to the reconstruction: the KL has a closed form and needs no draws."
            ),
            Option(
                "Nothing.",
                "The closed-form KL does not depend on draws. Only the reconstruction is estimated more calmly.",
                True,
            ),
            Option("Its variance falls to a tenth.", "The closed form has no variance: it is computed, not sampled."),
        ),
    ),
    Question(
        "You train with weight 0.45 on the KL, and again with weight 1. Which number is a fair comparison?",
        (
            Option(
                "BCE + KL, unweighted, of both models on test images.",
                "That is -ELBO, one quantity for both: a bound on -ln p(b), averaged over black-and-white b.",
                True,
            ),
            Option(
                "The loss that each run printed.", "They measure with different rulers: 0.45 nats per nat of KL, and 1."
            ),
            Option(
                "The BCE alone.",
                "A smaller weight always buys a smaller BCE, and pays in KL, which this number leaves out.",
            ),
        ),
    ),
    Question(
        "A model with weight 0 reconstructs best of all. Why are its samples from N(0, I) the worst?",
        (
            Option(
                "It was trained too briefly.",
                "Longer training would not bring its codes to the prior: nothing pulls them there.",
            ),
            Option(
                "Its decoder is too small.",
                "It is the same decoder, and it reconstructs very well from the encoder's codes.",
            ),
            Option(
                "Its codes lie where the prior does not draw.",
                "Without a KL nothing pulls the codes to N(0, I), so the decoder has never learned what "
                "a draw from there means.",
                True,
            ),
        ),
    ),
    Question(
        "A loss is F.binary_cross_entropy_with_logits(logits, x) + kl_per_image.mean(), for images of 64 "
        "x 64 pixels. Its effective beta is",
        (
            Option(
                "4,096.",
                "The BCE is a mean over 4,096 pixels (and over images, as the KL is), so the KL weighs "
                "4,096 times too much.",
                True,
            ),
            Option("784.", "That is right for 28 x 28 pixels."),
            Option(
                "1, since both are means.",
                "Both are means over images; but the BCE is a mean over pixels as well, and the KL a sum over latents.",
            ),
        ),
    ),
    Question(
        "A training log shows a BCE that stands still at about 206 on MNIST, and a KL of 0.00. What do "
        "you suspect first?",
        (
            Option(
                "The learning rate is too low: the weights have hardly left their start.",
                "Then the BCE would creep down from 543, and not stop at the mean image's cost.",
            ),
            Option(
                "The KL weighs far too much: a mean where a sum is meant.",
                "206 is the cost of the mean image: the code is ignored. A hidden beta in the hundreds "
                "does exactly that.",
                True,
            ),
            Option(
                "The network is too small: it cannot tell one digit from another.",
                "Even one hidden layer passes 206 in its first epoch once the loss is right.",
            ),
        ),
    ),
)
