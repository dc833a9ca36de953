"""The code of Lambda functions, which goes into templates as text: see `inline_source`.

Nothing of the library imports these modules; they run in Lambda, and in tests. They import the standard
library, boto3, which Lambda's runtime has, and one another.
"""
