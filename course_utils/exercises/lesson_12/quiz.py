"""Quiz of lesson 12."""

from course_utils.quizzes import Option, Question

QUESTIONS = (
    Question(
        "The discriminator's loss (both halves added) stands at 1.386 nats and stays there. What do you know?",
        (
            Option(
                "The pictures are perfect.",
                "It may just as well be a discriminator that has learned nothing: an untrained one pays "
                "2 ln 2 as well.",
            ),
            Option(
                "On average this discriminator does no better than a coin.",
                "2 ln 2 = 1.386 is what a coin pays. Whose fault or merit that is, the number does not say: "
                "look at the pictures, and count.",
                True,
            ),
            Option(
                "The generator has collapsed.",
                "A collapsed generator is easy to see through: a working discriminator would pay less, not more.",
            ),
        ),
    ),
    Question(
        "Why are drawn pictures detached when the discriminator learns?",
        (
            Option(
                "Otherwise the discriminator would learn nothing.",
                "It learns in both cases: its own gradients do not pass through the generator.",
            ),
            Option("Otherwise the pictures would change.", "backward changes no pictures; it computes gradients."),
            Option(
                "Otherwise its loss leaves gradients in the generator.",
                "Those gradients would teach the generator to be seen through: they come from the "
                "discriminator's loss.",
                True,
            ),
        ),
    ),
    Question(
        "A counter is raised by one at the start and by one at the end of every step, and asked in "
        "between whether it is divisible by 50. How often does it in 550 steps?",
        (
            Option(
                "Never: it is odd whenever it is asked.",
                "1, 3, 5, ...: no multiple of 50 is odd. A test of one line counts the skips.",
                True,
            ),
            Option("11 times.", "That is what was meant: 550 / 50."),
            Option("22 times.", "It runs twice as fast, but it is asked only at odd numbers."),
        ),
    ),
    Question(
        "A GAN draws 2,000 beautiful sevens. Which measure gives it away?",
        (
            Option(
                "The share of pictures that the classifier is sure of.",
                "It is sure of every single one: beautiful sevens are clear.",
            ),
            Option(
                "The entropy of the classes.",
                "All in one class: entropy 0 instead of ln 10 = 2.303. (The Frechet distance notices, too.)",
                True,
            ),
            Option(
                "The generator's loss.", "It compares with this discriminator of this moment, which may like sevens."
            ),
        ),
    ),
    Question(
        "Somebody asks how many nats per test image your GAN reaches, to compare it with Report E's "
        "98.04. What do you answer?",
        (
            Option(
                "The generator's loss, 2.29 nats.",
                "Those are nats of another question: real or drawn? They say nothing of p(x).",
            ),
            Option(
                "None: this GAN gives no density of a picture.",
                "It has no p(x|z) with noise and no encoder, so there is no ELBO. Whoever adds some gets a "
                "number of what was added.",
                True,
            ),
            Option(
                "Minus the discriminator's loss.",
                "That estimates a distance between distributions at best, not ln p(x) of an image.",
            ),
        ),
    ),
)
