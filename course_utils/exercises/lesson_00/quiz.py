"""Quiz of lesson 00."""

from course_utils.quizzes import Option, Question

QUESTIONS = (
    Question(
        "images.shape is (64, 1, 28, 28). What does images.mean(dim=0) give?",
        (
            Option(
                "One number, the average brightness.",
                "That would be images.mean() without dim: all four axes disappear.",
            ),
            Option(
                "A picture of shape (1, 28, 28).",
                "Axis 0 counts the images. It is averaged away; the picture's own axes stay.",
                True,
            ),
            Option(
                "64 numbers, one per image.",
                "That keeps axis 0 and averages over the others: images.mean(dim=(1, 2, 3)).",
            ),
        ),
    ),
    Question(
        "Why does the course divide bytes by 255 and not by each batch's own maximum?",
        (
            Option(
                "Because 255 is faster to divide by.",
                "Both divisions take the same time. The point is what the numbers mean.",
            ),
            Option(
                "So that the same ink has the same value in every batch.",
                "A pixel's value must not depend on which other images happen to lie in the batch. "
                "Otherwise no two numbers compare.",
                True,
            ),
            Option(
                "Because the maximum of a batch is always 255 anyway.",
                "It often is, and then nobody notices the mistake: until a dark batch comes along.",
            ),
        ),
    ),
    Question(
        "You try three learning rates and keep the one with the best result. On which images do you compare them?",
        (
            Option(
                "On the test images, since the test result is what will be reported.",
                "Then the test images have helped to choose, and the reported number is too good. Report B did this.",
            ),
            Option(
                "On the training images, since they are the most.",
                "A model may know its training images by heart. That says little about new ones.",
            ),
            Option(
                "On the validation images.",
                "They are for choosing. The test images stay unread until the very end.",
                True,
            ),
        ),
    ),
    Question(
        "About 18.6 % of MNIST's pixels are strictly between 0 and 1. What follows?",
        (
            Option(
                "Those pixels are a mistake of the scanner, and should be rounded to 0 or 1 first.",
                "Nothing is broken: the strokes were smoothed when the images were made small.",
            ),
            Option(
                "A loss made for pixels that are exactly 0 or 1 needs a second look.",
                "Binary cross-entropy on grey pixels has a floor above zero. Lesson 01 computes it.",
                True,
            ),
            Option(
                "The images have 18.6 % of noise.",
                "Grey edges are not noise: they say where between two pixels the stroke ends.",
            ),
        ),
    ),
)
